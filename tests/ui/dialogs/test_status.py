"""The Status screen: i in, everything out; and a QR code whose every module is where it must be, or none."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from msgspec.structs import replace
from rich.style import Style
from textual.color import Color

from tests.ui.fake_session import LISTENING, NOW, PUBLIC, RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, WIDE, Stage, stage
from tests.ui.terminal_view import strips
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.queries import Answer, GetStatistics, Query
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import EventCounts, HistoryCounts, LatencySummary, Rate
from webhook_tui.domain.statistics.overview import HistoryPlace, Overview
from webhook_tui.domain.statistics.route_history import Call, Phase, RegistrationStep, TunnelPhase
from webhook_tui.domain.status import SessionStatus, TunnelState, TunnelStatus
from webhook_tui.ui.format import qr_code
from webhook_tui.ui.format.status.statistics import overview_text, public_address
from webhook_tui.ui.symbols import ASCII, UNICODE

HOSTILE = "\x1b]0;owned\x07[b]image[/b]\u202e"


def at(clock: str) -> datetime:
    """That time of the mock-ups' day."""
    hours, minutes, seconds = map(int, clock.split(":"))
    return NOW.replace(hour=hours, minute=minutes, second=seconds)


TALLY = HistoryCounts(
    this_run={Verdict.VALID: 8, Verdict.OLDER: 1, Verdict.INVALID: 3},
    all_runs={Verdict.VALID: 999_100, Verdict.OLDER: 1, Verdict.INVALID: 900},
    events=(
        EventCounts("image_result", {Verdict.VALID: 3, Verdict.INVALID: 3}, {Verdict.VALID: 9, Verdict.INVALID: 900}),
        EventCounts(HOSTILE, {}, {Verdict.VALID: 2}),
        EventCounts("", {}, {Verdict.VALID: 1}),
    ),
    other_names=7,
    others_this_run=6,
    others_all_runs=12_345,
    rates=(
        Rate(900, (*([0] * 50), 1, 2, 4, 8, 16, 0, 0, 0, 2, 1)),
        Rate(86_400, (0,) * 48),
        Rate(2_592_000, (*([0] * 59), 34)),
    ),
    examined=1_000_001,
    total=1_000_001,
    is_done=True,
)

OVERVIEW = Overview(
    started_at=at("14:02:01"),
    answer_times=LatencySummary(12, 0.0012, 0.0149, 0.2, 4.25),
    phases=(
        TunnelPhase(Phase.OPENING, at("14:02:01"), at("14:02:05"), None, "", 1),
        TunnelPhase(Phase.OPEN, at("14:02:05"), at("14:19:52"), "https://old.lhr.life"),
        TunnelPhase(Phase.DOWN, at("14:19:52"), at("14:19:59"), None, f"ssh ended: {HOSTILE}", 3),
        TunnelPhase(Phase.REOPENED, at("14:19:59"), None, PUBLIC),
    ),
    steps=(
        RegistrationStep(Call.PUT, at("14:02:06"), None, PUBLIC, "PiktID answered 503.", worked=False),
        RegistrationStep(Call.PUT, at("14:02:08"), 41, f"{PUBLIC}/h/4f9c0123456789e21a", "registered", worked=True),
        RegistrationStep(Call.DELETE, at("14:20:08"), 41, f"{PUBLIC}/h/4f9c0123456789e21a", "deleted", worked=True),
    ),
    counts=TALLY,
    place=HistoryPlace(Path("/home/ada/deliveries.db"), 1_530_000_000, 3, is_temporary=False),
)

REFUSED = replace(
    RUNNING,
    refusals=(
        Refusal(413, "1.1 GB declared; the limit is 10 MB"),
        Refusal(404, "not the webhook's path", f"GET /{HOSTILE}", count=12),
    ),
)


def session_with(overview: Overview = OVERVIEW, status: SessionStatus = REFUSED) -> FakeSession:
    """The mock-ups' session, with something to show."""
    session = FakeSession(status, mock_up_rows())
    session.overview = overview
    return session


async def opened(played: Stage) -> None:
    """Open it, and wait for the answer."""
    await played.press("i")
    await played.requested(GetStatistics())
    await played.until("Deliveries  ")


async def test_everything_is_on_the_screen_at_once_where_there_is_room() -> None:
    """Counts, time, answers, tunnel, webhook, history, and the QR code beside them."""
    async with stage(session_with(), size=(140, 60)) as played:
        await opened(played)
        text = played.text()
        for words in (
            "✗ invalid                                 3            900",
            "total                                    12          1.0 M",
            "Refused         13",
            "  404           12  not the webhook's path (GET /␛]0;owned␇[b]image[/b]\ufffd",
            "  413            1  1.1 GB declared; the limit is 10 MB",
            "image_result                              6     3      909   900",
            "no name                                   0              1",
            "7 other names                             6         12,345",
            "▁▁▁▃▆█▁▃  34, at most 16 in 30 s",
            "last 30 days",
            "p50 1.2 ms   p95 15 ms   p99 200 ms   max 4.2 s   of 12",
            "14:19:52  down            7 s         ssh ended: ␛]0;owned␇[b]image[/b]\ufffd  3 tries",
            f"14:19:59  open again    2 min so far  {PUBLIC}",
            "14:02:06  PUT            PiktID answered 503.",
            "14:02:08  PUT     41     registered  https://b7c41d09ee2f4a.lhr.life/h/4f9c…e21a",
            "14:20:08  DELETE  41     deleted",
            "1.5 GB",
            "/home/ada/deliveries.db",
            "3, since 14:02:01  20 min",
        ):
            assert words in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        await played.press("c")
        await played.until("Sent to the terminal: the public URL")
        assert played.app.clipboard == PUBLIC
        await played.press("y")
        await played.until("Sent to the terminal: the status")
        assert "1.5 GB" in played.app.clipboard


class StatisticsReader(FakeSession):
    """Has five steps of counting to show, one whenever it is asked; then it does not answer."""

    def query(self, query: Query[Answer]) -> Future[Answer]:
        """Return the given value."""
        asked = self.commands.count(GetStatistics())
        tally = replace(TALLY, examined=100_000 * min(asked, 4), is_done=False)
        self.overview = replace(OVERVIEW, counts=tally) if asked < 5 else None
        return super().query(query)


async def test_it_is_live_and_asks_again_at_once_while_it_is_counted() -> None:
    """A million are counted in steps; the keys work meanwhile."""
    session = StatisticsReader(REFUSED, mock_up_rows())
    async with stage(session, size=STACKED) as played:
        await opened(played)
        await played.until("counting: 400,000 of 1.0 M")
        await played.until(lambda: session.commands.count(GetStatistics()) == 6)
        session.answer(GetStatistics(), replace(OVERVIEW, counts=replace(TALLY, this_run={Verdict.VALID: 77})))
        await played.until("✓ valid                                  77")
        assert "counting" not in played.text()


def shown_modules(played: Stage, code: tuple[tuple[bool, ...], ...]) -> list[list[bool]]:
    """Dark and light as the terminal would show them, read from what is drawn: glyphs, colours, place."""
    cells: list[list[tuple[str, Style]]] = []
    for strip in strips(played.app):
        line: list[tuple[str, Style]] = []
        for text, style, _ in strip.apply_filter(played.app.get_line_filters()[-1], Color(0, 0, 0)):
            line += [(letter, style or Style()) for letter in text]
        cells.append(line)
    white = [[_is(style.bgcolor, 255) and letter in " ▀▄█" for letter, style in line] for line in cells]
    width, height = qr_code.size(code)
    top = next(y for y, line in enumerate(white) if sum(line) >= width)
    left = white[top].index(True)
    found = []
    for y in range(top, top + height):
        line = cells[y][left : left + width]
        assert all(white[y][left : left + width])
        assert all(_is(style.color, 0) for letter, style in line if letter != " ")
        assert not any(style.reverse or style.dim for _, style in line)
        found += [[letter in "▀█" for letter, _ in line], [letter in "▄█" for letter, _ in line]]
    return found[: len(code)]


def _is(color: Any, level: int) -> bool:
    return color is not None and color.triplet is not None and tuple(color.triplet) == (level,) * 3


async def test_the_qr_code_is_that_of_the_public_url() -> None:
    """Each module, with four light ones all around, black on white in dark and light, beside the page and below it."""
    code = segno.make(PUBLIC, error="l", micro=False)
    wanted = [[bool(module) for module in row] for row in code.matrix_iter(border=4)]
    async with stage(session_with(), size=WIDE) as played:
        await opened(played)
        for theme, size in (("webhook-dark", WIDE), ("webhook-light", WIDE), ("gruvbox", (80, 30)), ("nord", WIDE)):
            played.app.theme = theme
            await played.pilot.resize_terminal(*size)
            await played.press("G")
            await played.until("▀▀")
            await played.until(lambda: shown_modules(played, qr_code.modules(PUBLIC)) == wanted)


async def test_with_no_color_it_is_still_black_on_white(monkeypatch: pytest.MonkeyPatch) -> None:
    """Greys are no colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(session_with(), size=WIDE) as played:
        assert played.app.no_color
        await opened(played)
        wanted = [list(row) for row in qr_code.modules(PUBLIC)]
        assert shown_modules(played, qr_code.modules(PUBLIC)) == wanted


async def test_with_no_color_at_all_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the terminal's own colours it is unknown which is the dark one."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(session_with(), size=WIDE, theme_name="ansi-dark") as played:
        await opened(played)
        await played.press("G")
        await played.until("It cannot be drawn here; c copies the URL.")
        assert "▀" not in played.text()


async def test_in_ascii_there_are_words_and_plain_bars() -> None:
    """Nothing of the page is beyond ASCII, whatever was received."""
    async with stage(session_with(), size=(140, 70), in_ascii=True) as played:
        await opened(played)
        await played.until("It needs more than ASCII; c copies the URL.")
        await played.until("___.:-=#___:.  34, at most 16 in 15 s")


async def test_what_is_not_there_is_reported() -> None:
    """A history that cannot be read; a code for this machine's own address, which leads nowhere from a phone."""
    broken = replace(OVERVIEW, counts=None, place=None, problem=Problem("The history cannot be read.", ""))
    none = replace(RUNNING, sandbox=True, tunnel=TunnelStatus(TunnelState.NONE))
    async with stage(session_with(broken, none), size=WIDE) as played:
        await played.press("i")
        await played.until("The history cannot be read.")
        assert "p95 15 ms" in played.text()
        assert "There is no public URL in this run." in played.text()


def test_which_address_is_public() -> None:
    """The tunnel's, else the one given to be registered; never one of this machine's or one that is closed."""
    assert public_address(RUNNING) == PUBLIC
    assert public_address(LISTENING) is None
    own = replace(RUNNING, tunnel=TunnelStatus(TunnelState.NONE, kind="ssh"))
    assert public_address(own) == RUNNING.webhook.url
    assert public_address(replace(own, sandbox=True)) is None
    assert public_address(replace(own, tunnel=TunnelStatus(TunnelState.NONE, kind="none"))) is None


def test_what_no_screen_holds_is_not_encoded() -> None:
    """And odd sizes have a last line that is half light."""
    assert qr_code.modules("https://example.com/" + "x" * 1000) == ()
    assert qr_code.half_blocks([[True, False, True]] * 3) == ["█ █", "▀ ▀"]


@pytest.mark.parametrize("width", [38, 53, 74, 120])
@pytest.mark.parametrize("signs", [UNICODE, ASCII])
def test_no_line_is_wider_than_the_page(width: int, signs: Any) -> None:
    """But the path of the file, which is never cut."""
    text = overview_text(OVERVIEW, REFUSED, width, NOW + timedelta(seconds=5), signs)
    lines = [line for line in text.plain.split("\n") if "/home/ada" not in line]
    assert max(map(len, lines)) <= width


def test_a_reason_that_is_long_is_reported_whole() -> None:
    """Below its line, in the words of the notice: here is where it can be read later."""
    why = "The tunnel closed: ssh ended, Connection reset by peer while it was idle."
    down = TunnelPhase(Phase.DOWN, at("14:19:52"), at("14:19:59"), None, why, 3)
    refused = RegistrationStep(Call.PUT, at("14:02:06"), None, PUBLIC, why, worked=False)
    page = overview_text(replace(OVERVIEW, phases=(down,), steps=(refused,)), RUNNING, 53, NOW, UNICODE).plain
    lines = page.split("\n")
    for head in ("  14:19:52  down            7 s         3 tries", f"  14:02:06  PUT            {PUBLIC}"):
        place = next(number for number, line in enumerate(lines) if line.startswith(head[:50]))
        assert " ".join(line.strip() for line in lines[place + 1 : place + 3]) == why
