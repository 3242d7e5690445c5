"""The app around the screen: the session's thread, every way out, what a crash shows, and hostile text."""

from __future__ import annotations

import pytest
from textual.color import Color

from tests.ui.fake_session import NOW, FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import STACKED, WIDE, stage
from tests.ui.terminal_view import FORBIDDEN, HOSTILE, lines, strips
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.app import WebhookTuiApp
from webhook_tui.ui.screens.main import MainScreen


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_leaving_by_key_stops_the_session_once(key: str) -> None:
    """The screen closes; the session is stopped; the exit code is 0."""
    async with stage(size=STACKED) as played:
        await played.press(key)
        await played.until(lambda: played.session.stops == 1)
    assert played.session.stops == 1
    assert played.app.return_code == 0
    assert played.session.ended.is_set()
    assert played.session.rows.closed


async def test_a_session_that_fails_says_so_on_the_screen() -> None:
    """A problem in its own words, a bug by its kind only; the screen stays."""
    for error, words in (
        (ProblemError(Problem("The disk is full.", "Free some space.")), "The disk is full."),
        (RuntimeError("token=hunter2"), "webhook-tui has a bug: RuntimeError."),
    ):
        session = FakeSession()
        session.fails_with = error
        app = WebhookTuiApp(session, now=lambda: NOW)
        async with app.run_test(size=STACKED) as pilot:
            for _ in range(200):
                shown = "\n".join(lines(app))
                if words in shown:
                    break
                await pilot.pause(0.01)
            assert words in shown
            assert "hunter2" not in shown


async def test_hostile_text_is_shown_and_does_nothing() -> None:
    """Markup, escapes, bidi and zero-width characters in event, headers, body and addresses, in every tab."""
    headers = (
        (b"X-Webhook-Event", HOSTILE.encode()),
        (HOSTILE.encode(), HOSTILE.encode()),
        (b"X-Webhook-Signature", HOSTILE.encode()),
    )
    stored = stored_delivery(1, Verdict.MALFORMED, event=HOSTILE, body=HOSTILE.encode(), headers=headers)
    async with stage(FakeSession(deliveries=[stored]), size=WIDE) as played:
        for _ in range(4):
            await played.press("]")
            assert "[/][@click=app.quit]x" in played.text()
            assert not any(FORBIDDEN.search(line) for line in played.lines())
        await played.press("w", "y")
        await played.until("Sent to the terminal: the Signature tab")
        assert not any(FORBIDDEN.search(line) for line in played.app.clipboard.split("\n"))


async def test_ascii_draws_with_ascii_only() -> None:
    """Every character of the screen, dialogs included."""
    async with stage(size=WIDE, in_ascii=True) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        written = [
            segment.text
            for strip in strips(played.app)
            for segment in played.app.get_line_filters()[-1].apply(list(strip), Color(0, 0, 0))
        ]
        assert all(text.isascii() for text in written)


async def test_no_color_keeps_glyphs_and_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict is never a colour alone."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(size=STACKED) as played:
        await played.press("g", *"jjjjjjj")
        await played.until("✗ invalid   image_result  #8")
        strip = strips(played.app)[10]
        pill = next(segment for segment in strip if "invalid" in segment.text)
        assert pill.style is not None
        assert pill.style.reverse


@pytest.mark.parametrize("name", ["webhook-light", "nord", "textual-light", "ansi-dark"])
async def test_the_screen_stands_in_other_themes(name: str) -> None:
    """The stylesheet knows no colour that a theme has not."""
    async with stage(size=WIDE, theme_name=name) as played:
        assert played.app.theme == name
        for key in ("w", "X", "escape", "]"):
            await played.press(key)
        assert "invalid" in played.text()


async def test_an_unknown_theme_is_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in config.toml is a warning only; the session goes on as soon as the first frame stands."""
    session, complete, may_register = FakeSession.running(), MainScreen.complete, []

    async def noted(screen: MainScreen) -> None:
        may_register.append(session.may_register)
        await complete(screen)

    monkeypatch.setattr(MainScreen, "complete", noted)
    async with stage(session, size=STACKED, theme_name="no-such") as played:
        await played.until("There is no theme no-such.")
        assert played.app.theme == "webhook-dark"
    assert may_register == [True]


async def test_a_session_that_ends_leaves_the_history_and_can_be_restarted() -> None:
    """Status line, notice and buttons show it; u starts another one, which may register at once."""
    session, other = FakeSession.running(), FakeSession.running()
    async with stage(session, size=WIDE, restart=lambda: other) as played:
        await played.until(lambda: session.may_register)
        session.die()
        await played.until("○ session ended 14:22:02  →  ○ tunnel  →  ○ 127.0.0.1:9876")
        await played.until("Session ended unexpectedly. Deliveries up to #12 are stored.")
        await played.until("u restarts it. Until then PiktID gets no answer and tries again later.")
        await played.until("Restart u")
        assert "12 received" in played.text()
        await played.press("escape")
        await played.until(lambda: "Session ended unexpectedly" not in played.text())
        await played.press("g", "t", "X", "m")
        await played.until("Session ended unexpectedly")
        assert session.commands == []
        await played.press("u")
        await played.until(lambda: other.may_register)
        await played.until("● webhook 41")
        await played.until("Register u")
        other.die()
        await played.until("u restarts it. Its log: webhook-tui paths.")


async def test_a_restart_that_fails_is_reported() -> None:
    """The port was taken meanwhile; u tries again."""
    starts: list[None] = []

    def restart() -> FakeSession:
        starts.append(None)
        raise ProblemError(Problem("Port 9876 is in use by another program.", "End it."))

    session = FakeSession.running()
    async with stage(session, size=WIDE, restart=restart) as played:
        session.die()
        await played.until("Restart u")
        await played.press("u")
        await played.until("Port 9876 is in use by another program.")
        await played.press("u")
        await played.until(lambda: len(starts) == 2)
