"""Key s: webhook against event stream as the mock-up draws it, its filters, its sentences, and both contents."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from time import thread_time
from typing import Any

from msgspec.structs import replace

from tests.ui.compared_events import CLOCK, LOST, ONLY_WEBHOOK, event
from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from tests.ui.stage import SMALL, STACKED, Stage, stage
from webhook_tui.domain.commands import OwnershipChoice, ResolveOwnership
from webhook_tui.domain.comparison.compared_event import ComparedEvent
from webhook_tui.domain.events import (
    EventCompared,
    OwnershipQuestioned,
    StatusChanged,
)
from webhook_tui.domain.queries import Answer, ComparedEvents, EventSides, GetComparison, GetEventSides, Query
from webhook_tui.domain.status import StreamStatus
from webhook_tui.ui.widgets.table.event_table import EventTable

LIVE = StreamStatus(
    "live",
    since=datetime(2026, 11, 23, 14, 2, 9, tzinfo=UTC),
    last_seen_at=CLOCK - timedelta(seconds=4),
    both=5,
    only_sse=1,
)


MOCK_UP = (
    event("90365", "ping"),
    event("90371", "batch_edit", "14:02:40.2", "14:02:40"),
    event("90377", "image_result", "14:02:58.3", "14:02:57.4"),
    event("90398", "batch_edit", "14:19:31.1", "14:19:30.7", differing=1),
    LOST,
    event("90412", "image_result", "14:20:02.4", "14:20:01.8"),
)


class WatchingSession(FakeSession):
    """Answers what the pane asks."""

    def __init__(self, events: tuple[ComparedEvent, ...] = MOCK_UP, *, stream: StreamStatus = LIVE) -> None:
        super().__init__(replace(RUNNING, stream=stream), mock_up_rows())
        self.version = 1
        self.events = events

    def query(self, query: Query[Answer]) -> Future[Answer]:
        if isinstance(query, GetComparison):
            if query.version != self.version:
                self.answers[query] = ComparedEvents(self.version, self.events)
        elif isinstance(query, GetEventSides):
            webhook = b'{"id": 90398, "data": {"status": "<b>altered\\u001b[31m"}}'
            sse = b'{"data": {"status": "completed"}, "id": 90398}'
            self.answers[query] = EventSides(query.event_id, webhook, sse)
        return super().query(query)

    def now_has(self, *events: ComparedEvent) -> None:
        """Give it other events, and publish that the counts changed."""
        self.version += 1
        self.events = events
        self.emit(StatusChanged(replace(RUNNING, stream=replace(LIVE, both=self.version * 100))))


async def opened(played: Stage, session: WatchingSession) -> EventTable:
    """Press s, and wait for the events."""
    await played.press("s")
    await played.until(lambda: session.events[-1].event_id in played.text() if session.events else True)
    return played.main.controllers.panes.stream.table


async def test_the_pane_is_the_mock_up() -> None:
    """State, counts, a row an event, and why the chosen one is missing, to the column."""
    session = WatchingSession()
    async with stage(session, size=(80, 24), now=lambda: CLOCK) as played:
        await opened(played, session)
        await played.press("k")
        lines = [line.rstrip() for line in played.lines()]
        footer = lines[23]

    assert "● webhook" in lines[0]
    assert lines[1] == " ● stream live, keepalive 4 s ago                                since 14:02:09"
    assert lines[2] == " both 5   only SSE 1   only webhook 0"
    assert lines[3:10] == [
        "     id   event                    webhook    SSE           lag   content",
        "  90365   ping                     14:02:11   14:02:11    0.1 s   = same",
        "  90371   batch_edit               14:02:40   14:02:40    0.2 s   = same",
        "  90377   image_result             14:02:58   14:02:57    0.9 s   = same",
        "  90398   batch_edit               14:19:31   14:19:30    0.4 s   ≠ 1 path",
        "▌ 90405   identity_preprocessing   –          14:19:58    12 s+   tunnel down",
        "  90412   image_result             14:20:02   14:20:01    0.6 s   = same",
    ]
    assert lines[20] == " 90405 came by SSE at 14:19:58 and has not come by webhook for 12 s."
    assert lines[21] == " The tunnel was down from 14:19:52 to 14:19:59: PiktID will try it again."
    assert footer == " esc Back  enter Both  / Filter  [ ] Show  y Copy  ? Help  q Leave"


async def test_esc_and_s_go_back_to_where_s_was_pressed() -> None:
    """Table and detail are as they were."""
    session = WatchingSession()
    async with stage(session, now=lambda: CLOCK) as played:
        await opened(played, session)
        assert played.is_focused("compared-events")
        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))
        assert "stream live" not in played.text()
        await played.press("enter")
        await played.until(lambda: played.is_focused("payload"))
        await played.press("s")
        await played.press("s")
        await played.until(lambda: played.is_focused("payload"))


async def test_brackets_show_only_what_one_side_has() -> None:
    """All, only SSE, only webhook, lost or different, round; both ways."""
    session = WatchingSession((*MOCK_UP, ONLY_WEBHOOK))
    async with stage(session, now=lambda: CLOCK) as played:
        await opened(played, session)
        for key, expected in (
            ("]", {"90405"}),
            ("]", {"90413"}),
            ("]", {"90398"}),
            ("]", {"90365", "90398", "90405", "90413"}),
            ("[", {"90398"}),
        ):
            await played.press({"[": "left_square_bracket", "]": "right_square_bracket"}[key])
            rows = "\n".join(line[:9] for line in played.lines())
            assert {number for number in ("90365", "90398", "90405", "90413") if number in rows} == expected


async def test_slash_filters_by_id_or_name_and_esc_shows_all() -> None:
    """Live; enter keeps it, q and s are letters while typing."""
    session = WatchingSession()
    async with stage(session, now=lambda: CLOCK) as played:
        await opened(played, session)
        await played.press("slash", *"preproc")
        assert "90405" in played.text()
        assert "90365" not in played.text()
        await played.press("enter")
        assert played.is_focused("compared-events")
        assert "/preproc" in played.text()
        await played.press("escape")
        assert "90365" in played.text()
        await played.press("slash", *"sq")
        assert "No event matches the filter." in played.text()
        await played.press("escape", "escape")
        await played.until(lambda: played.is_focused("deliveries"))


async def test_enter_shows_both_contents_as_a_harmless_diff() -> None:
    """Only what differs in meaning is marked; esc comes back to the row."""
    session = WatchingSession()
    async with stage(session, now=lambda: CLOCK) as played:
        table = await opened(played, session)
        await played.press("k", "k", "enter")
        await played.requested(GetEventSides("90398"))
        await played.until("only by webhook   + only by SSE")
        lines = [line.strip() for line in played.lines()]
        assert '-     "status": "<b>altered\\u001b[31m"' in lines
        assert '+     "status": "completed"' in lines
        assert '"id": 90398' in lines
        assert "\x1b" not in played.text()
        await played.press("y")
        await played.until("Sent to the terminal: both contents")
        assert "completed" in played.app.clipboard
        await played.press("escape")
        assert played.is_focused("compared-events")
        assert table.chosen == MOCK_UP[3]
        await played.press("y")
        assert played.app.clipboard.startswith("batch_edit: 90398 came by SSE at 14:19:30")


async def test_new_events_come_by_themselves_and_the_cursor_stays() -> None:
    """It follows the newest until it is moved; a flood of events is not for the screen."""
    session = WatchingSession()
    async with stage(session, now=lambda: CLOCK) as played:
        table = await opened(played, session)
        for number in range(200):
            session.emit(EventCompared(str(number), "x", "both", 1.0, True))
        session.now_has(*MOCK_UP, event("90420"))
        await played.until(lambda: table.chosen is not None and table.chosen.event_id == "90420")
        await played.press("g")
        session.now_has(*MOCK_UP, event("90420"), event("90421"))
        await played.until("90421")
        assert table.chosen == MOCK_UP[0]
        await played.press("G")
        assert table.chosen is not None
        assert table.chosen.event_id == "90421"


async def test_nothing_is_asked_while_it_is_closed() -> None:
    """The session is not asked for its list then."""
    session = WatchingSession()
    async with stage(session, now=lambda: CLOCK) as played:
        session.now_has(*MOCK_UP)
        await played.until(lambda: played.main.context.status.stream.both == 200)
        assert not [command for command in session.commands if isinstance(command, GetComparison)]


async def test_it_opens_before_anything_was_received() -> None:
    """With --no-register this is what there is to watch; a delivery that comes meanwhile takes no focus."""
    session = WatchingSession(())
    session.rows = type(session.rows)([])
    async with stage(session, size=(80, 24), now=lambda: CLOCK) as played:
        await played.until("Press t to send a test ping")
        assert "s SSE" in played.text()
        await played.press("s")
        await played.until("No event yet.")
        session.deliver(stored_delivery(1))
        await played.until(lambda: played.main.deliveries.total > 0)
        assert played.is_focused("compared-events")
        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))


async def test_a_thousand_events_scroll_and_a_click_selects() -> None:
    """Only those in sight are drawn."""
    session = WatchingSession(tuple(event(str(number)) for number in range(1, 1001)))
    async with stage(session, size=SMALL, now=lambda: CLOCK) as played:
        table = await opened(played, session)
        await played.press("pageup")
        assert table.chosen is not None
        assert 980 < int(table.chosen.event_id) < 1000
        await played.press("home")
        assert "  1  image_result" in played.text()
        await played.pilot.click("#compared-events", offset=(10, 3))
        assert table.chosen.event_id == "3"
        await played.pilot.click("#compared-events", offset=(10, 3), times=2)
        await played.requested(GetEventSides("3"))


async def test_watching_by_sse_opens_the_pane() -> None:
    """After that answer to the guard the events are shown."""
    session = WatchingSession()
    async with stage(session, now=lambda: CLOCK) as played:
        session.emit(OwnershipQuestioned(None))
        await played.until("Watch by SSE")
        await played.press("s")
        await played.requested(ResolveOwnership(OwnershipChoice.WATCH))
        await played.until("stream live")
        await played.until(lambda: played.is_focused("compared-events"))


async def test_ten_thousand_events_cost_a_key_little() -> None:
    """As many as are ever kept; what is drawn does not grow with them."""
    session = WatchingSession(tuple(event(str(number)) for number in range(1, 10_001)))
    async with stage(session, now=lambda: CLOCK) as played:
        table = await opened(played, session)
        began = thread_time()
        for _ in range(100):
            table.widget.move(-1)
            for line in range(table.widget.size.height):
                table.widget.render_line(line)
        assert thread_time() - began < 4
        assert table.chosen is not None
        assert table.chosen.event_id == "9900"


async def test_rows_fit_at_every_width() -> None:
    """The verdict of the comparison never goes."""
    session = WatchingSession((event('"' + "long" * 50 + '"', "name" * 50), *MOCK_UP))
    async with stage(session, size=(140, 24), now=lambda: CLOCK) as played:
        await opened(played, session)
        for width in (140, 100, 80, 72, 60, 55, 40):
            await played.pilot.resize_terminal(width, 24)
            assert "≠ 1 path" in played.text()
            assert "tunnel down" in played.text()


class SlowSession(WatchingSession):
    """Does not answer at once what both sides brought of an event."""

    def __init__(self) -> None:
        super().__init__()
        self.sides: Future[Any] = Future()

    def query(self, query: Query[Answer]) -> Future[Answer]:
        return self.sides if isinstance(query, GetEventSides) else super().query(query)


async def test_contents_that_come_late_do_not_take_the_focus_from_the_filter() -> None:
    session = SlowSession()
    async with stage(session, size=STACKED) as played:
        await played.press("s")
        await played.until("90412")
        await played.press("enter", "/", "p")
        session.sides.set_result(EventSides("90412", b"{}", b"{}"))
        await played.press("i")
        await played.until("only webhook 0   /pi")
        assert played.is_focused("stream-words")


async def test_what_is_lost_or_differs_is_shown_without_the_filter() -> None:
    async with stage(WatchingSession(), size=STACKED) as played:
        await played.press("s")
        await played.until("90412")
        await played.press("/", *"ping")
        await played.until("only webhook 0   /ping")
        played.main.controllers.panes.show_unequal()
        await played.until("90398")
        assert "/ping" not in played.text()
        assert played.is_focused("compared-events")
