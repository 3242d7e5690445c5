"""What was chosen comes back in the next run, and can be reset."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import WIDE, stage
from webhook_tui.ui.preferences import Preferences, PreferencesFile


async def test_what_was_chosen_comes_back_and_can_be_reset(tmp_path: Path) -> None:
    """An option wins over the kept theme, and does not replace it; nonsense in the file is not shown."""
    path = tmp_path / "screen.json"

    async with stage(size=WIDE, preferences=PreferencesFile(path)) as played:
        default = played.app.theme
        played.app.theme = "textual-light"
        await played.press("]")
        played.main.controllers.filter.set("verdict:invalid")
        await played.press("q")
    assert PreferencesFile(path).read() == Preferences("textual-light", "Headers", "verdict:invalid")

    async with stage(size=WIDE, preferences=PreferencesFile(path), theme_name="textual-dark") as played:
        controllers = played.main.controllers
        assert played.app.theme == "textual-dark"
        await played.until(lambda: played.main.deliveries.detail.tab == "Headers")
        assert controllers.filter.search.text == "verdict:invalid"
        controllers.layout.keep()
        assert PreferencesFile(path).read().theme == "textual-light"

    status = replace(RUNNING, sandbox=True)
    for hint in ("Tip 1 of 5", "? shows all keys, :"):
        session = FakeSession(status, mock_up_rows())
        async with stage(session, size=WIDE, preferences=PreferencesFile(path)) as played:
            await played.until(hint)
            await played.press("q")

    async with stage(FakeSession(status, mock_up_rows()), size=WIDE, preferences=PreferencesFile(path)) as played:
        controllers = played.main.controllers
        await played.until(lambda: played.main.deliveries.detail.tab == "Headers")
        assert controllers.filter.search.text == ""
        controllers.filter.set("verdict:valid")
        controllers.layout.keep()
        assert PreferencesFile(path).read().filter == "verdict:invalid"

    async with stage(size=WIDE, preferences=PreferencesFile(path)) as played:
        assert played.app.theme == "textual-light"
        played.main.action_run("screen.reset")
        await played.until(lambda: played.app.theme == default)
        assert played.main.deliveries.detail.tab == "Payload"
    assert PreferencesFile(path).read() == Preferences()
