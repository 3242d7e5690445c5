"""What can follow in the filter bar: completed by tab, listed with its meaning."""

from __future__ import annotations

from tests.ui.fake_session import FakeSession
from tests.ui.stage import STACKED, Stage, stage
from webhook_tui.named_filters import NamedFilters
from webhook_tui.ui.widgets.suggestion_list import SuggestionList


def listed(played: Stage) -> list[str]:
    """The lines of the list above the filter bar."""
    region = played.main.query_one(SuggestionList).region
    return [line.rstrip() for line in played.lines()[region.y : region.bottom]]


async def test_tab_completes_and_enter_never_does() -> None:
    """The first line is the one that tab takes; a click takes any."""
    async with stage(size=STACKED) as played:
        await played.type_filter("ver")
        await played.until("▌  verdict:")
        await played.press("tab")
        await played.until(lambda: listed(played)[:1] == ["▌  valid"] or listed(played)[:1] == ["   valid"])
        assert played.lines()[22].startswith(" / verdict: ")
        assert len(listed(played)) == 6
        await played.press("i", "n")
        await played.until("tab invalid ")
        await played.press("tab", "enter")
        await played.until("1 of 12  / verdict:invalid")
        assert not played.main.query_one(SuggestionList).display
        await played.press("escape", "slash")
        await played.until("   age: ")
        await played.pilot.click("SuggestionList", offset=(5, 4))
        await played.until(" / answered: ")


async def test_the_list_teaches_the_language() -> None:
    """An example in the empty line; fields with what this history holds; down enters the list, and enter takes."""
    session = FakeSession.running()
    session.values = {"verdict": [("valid", 7), ("invalid", 1)], "is": [("marked", 2)]}
    async with stage(session, size=(100, 30), filters=NamedFilters(None, {"broken": "!verdict:valid"})) as played:
        await played.press("slash")
        await played.until("valid 7 · invalid 1")
        lines = played.lines()
        assert lines[28].startswith(" / verdict:invalid  event:image_*  status:failed  or any words ")
        assert lines[28].endswith(" 12 ")
        assert lines[29].rstrip() == " ↓ List  tab Complete  enter Keep  esc Clear"
        shown = listed(played)
        assert [line.split()[0] for line in shown] == [
            *("verdict:", "event:", "status:", "job:", "answered:", "age:", "is:", "@broken"),
        ]
        assert shown[0] == "   verdict:         valid 7 · invalid 1"
        assert shown[7] == f"   {'@broken':<17}{'!verdict:valid':<74}saved"

        await played.press("down")
        await played.until("▌  verdict:")
        await played.press("up")
        await played.until(lambda: "▌  verdict:" not in played.text())
        await played.press("down", *["down"] * 8)
        await played.until("▌  id:")
        assert "verdict: " not in listed(played)[0]
        await played.press("escape")
        await played.until(lambda: "▌  id:" not in played.text())
        assert played.is_focused("FilterInput")
        await played.press("down", "enter")
        await played.until(" / verdict: ")
        await played.until(f"   {'invalid':<95}1")
        await played.press("down", "down", "tab")
        await played.until(" / verdict:invalid ")
        await played.until("1 of 12")
