"""A tiny app for one widget, rows of deliveries, and ways to read the screen as text and as styles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import App, ComposeResult
from textual.widget import Widget

from tests.ui.memory_rows import MemoryRows
from tests.ui.terminal_view import lines, strips
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.frame_budget import FrameBudget
from webhook_tui.ui.theme import register, variable_defaults
from webhook_tui.ui.widgets.payload.view import PayloadView
from webhook_tui.ui.widgets.table.table import Table

NOON = datetime(2026, 11, 23, 14, 25, 0, tzinfo=UTC)


class ManyRows(MemoryRows):
    """So many rows that they cannot be made in advance."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def __len__(self) -> int:
        return self.count

    def refresh(self) -> int:
        return self.count

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        self.windows.append((start, count))
        return [delivery(seq + 1) for seq in range(start, min(start + count, self.count))]

    def position(self, seq: int) -> int | None:
        return seq - 1 if 1 <= seq <= self.count else None


def delivery(
    seq: int,
    event: str = "ping",
    verdict: Verdict = Verdict.VALID,
    at: str = "14:02:11",
    *,
    attempt: int = 1,
    answered: int | None = 200,
    size: int = 96,
    run: int = 1,
    summary: Summary = Summary(),  # noqa: B008 -- frozen
    marked: bool = False,
    comment: str = "",
    differs: bool = False,
) -> DeliveryRow:
    """One row, today by the clock of the stage."""
    hour, minute, second = (int(part) for part in at.split(":"))
    return DeliveryRow(
        seq=seq,
        run=run,
        received_at=NOON.replace(hour=hour, minute=minute, second=second),
        event=event,
        event_id=None,
        verdict=verdict,
        reason="",
        short_reason="",
        secret_id=None,
        attempt=attempt,
        answered=answered,
        size=size,
        summary=summary,
        marked=marked,
        comment=comment,
        differs=differs,
    )


def twelve() -> list[DeliveryRow]:
    """The twelve deliveries that the drawings of the main screen show."""
    v = Verdict
    return [
        delivery(1, "ping", v.VALID, "14:02:11"),
        delivery(2, "batch_edit", v.VALID, "14:02:40", size=412),
        delivery(3, "image_result", v.VALID, "14:02:58", answered=503, size=688),
        delivery(4, "image_result", v.VALID, "14:03:29", attempt=2, size=688),
        delivery(5, "ping", v.VALID, "14:19:02"),
        delivery(6, "batch_edit", v.OLDER, "14:19:05", size=415),
        delivery(7, "batch_edit", v.VALID, "14:19:31", size=415),
        delivery(8, "image_result", v.INVALID, "14:20:02", size=694),
        delivery(9, "identity_preprocessing", v.MISSING, "14:20:02", size=301),
        delivery(10, "image_result", v.MALFORMED, "14:20:44", size=1200),
        delivery(11, "batch_edit", v.VALID, "14:21:10", size=420),
        delivery(12, "ping", v.PENDING, "14:21:37"),
    ]


def fourteen() -> list[DeliveryRow]:
    """Deliveries of two runs with everything that a row can say, numbers 31 to 44; 37 differs from SSE."""
    v = Verdict

    def job(status: str = "completed", *, progress: str = "", file: str = "") -> Summary:
        return Summary("job_ec536688", status, progress, file, "0.91" if file else "")

    friday = timedelta(days=3)
    earlier = [
        delivery(31, "batch_edit", at="18:40:00", summary=Summary("job_468154a6", "completed", "3/3")),
        delivery(32, "identity_preprocessing", at="18:41:00", summary=Summary("id_b59f074e", "completed", "100 %")),
    ]
    return [
        *(replace(row, received_at=row.received_at - friday) for row in earlier),
        delivery(33, run=2),
        delivery(34, "batch_edit", at="14:02:40", run=2, summary=job("processing", progress="0/8")),
        delivery(35, "image_result", at="14:02:58", run=2, answered=503, summary=job(file="look-1.jpg")),
        delivery(36, "image_result", at="14:03:29", run=2, attempt=2, marked=True, summary=job(file="look-1.jpg")),
        delivery(37, "batch_edit", at="14:03:31", run=2, differs=True, summary=job("processing", progress="3/8")),
        delivery(
            38, "image_result", v.OLDER, "14:03:40", run=2, comment="a", summary=job(file="夏のコレクション-03.jpg")
        ),
        delivery(39, "image_result", v.INVALID, "14:03:52", run=2, size=694, summary=job(file="look-3.jpg")),
        delivery(40, "identity_preprocessing", v.MISSING, "14:03:53", run=2, summary=Summary(is_json=False)),
        delivery(41, "image_result", v.MALFORMED, "14:04:10", run=2, summary=job(file="summer-collection-final.jpg")),
        delivery(42, "image_result", at="14:04:12", run=2, summary=job("failed", file="look-5.jpg")),
        delivery(43, "batch_edit", at="14:04:30", run=2, summary=job("processing", progress="5/8")),
        delivery(44, "ping", v.PENDING, "14:04:31", run=2),
    ]


def changed(rows: list[DeliveryRow], seq: int, verdict: Verdict) -> list[DeliveryRow]:
    """The same rows with another verdict for one."""
    return [replace(row, verdict=verdict) if row.seq == seq else row for row in rows]


class Clock:
    """A clock that stands until it is put forward."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


class Frames(FrameBudget):
    """Frames that a test draws."""

    def __init__(self) -> None:
        super().__init__(Widget())
        self.requests: list[Callable[[], None]] = []

    def request(self, draw: Callable[[], None]) -> None:
        self.requests.append(draw)

    def draw(self) -> None:
        """Draw the next frame."""
        requests, self.requests = self.requests, []
        for draw in requests:
            draw()


Said = Table.CursorMoved | Table.RowOpened | Table.FollowChanged | PayloadView.PathChanged


class Stage(App[None]):
    """Shows one widget in the program's themes and keeps the messages that it sends."""

    def __init__(self, widget: Widget, css: str = "") -> None:
        self.widget = widget
        self.heard: list[Said] = []
        Stage.CSS = css
        super().__init__()
        register(self)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.widget

    @on(Table.CursorMoved)
    @on(Table.RowOpened)
    @on(Table.FollowChanged)
    @on(PayloadView.PathChanged)
    def hear(self, message: Said) -> None:
        """Keep the messages of the widget."""
        self.heard.append(message)


def segments(app: App[None], line: int) -> list[Segment]:
    """One line of the screen as coloured pieces."""
    return list(strips(app)[line])


def style_at(app: App[None], line: int, column: int) -> Style:
    """The style of one cell."""
    x = 0
    for text, style, _ in segments(app, line):
        x += len(text)
        if column < x:
            return style or Style()
    raise AssertionError(f"line {line} ends before column {column}")


def cursor_line(app: App[None]) -> int:
    """The numbered line with the cursor's bar, from 0."""
    numbers = (line.split("▌")[0] for line in lines(app) if "▌" in line)
    return int(next(numbers)) - 1


def find(app: App[None], wanted: str) -> tuple[int, int]:
    """Line and column of a text on the screen."""
    for number, line in enumerate(lines(app)):
        if wanted in line:
            return number, line.index(wanted)
    raise AssertionError(f"not on the screen: {wanted}")
