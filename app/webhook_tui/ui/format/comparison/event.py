"""The comparison of webhook and SSE: the state of the stream, the cells of an event, and explanations."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, TypeAlias

from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.comparison.compared_event import ComparedEvent, Interval, Reason, Seen
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.status import StreamStatus
from webhook_tui.ui.symbols import BROKEN, HALF, ON, WAITING, Symbols

NOTHING = "–"
UNEQUAL: Final = "unequal"
Only: TypeAlias = Seen | Literal["unequal"] | None
"""Which events are shown: those that one side alone has, those that are lost or differ, or (None) all."""


def state_line(stream: StreamStatus, width: int, now: datetime) -> Content:
    """Return icon and state at the left, since when at the right."""
    since = "" if stream.since is None else f"since {units.day_time(stream.since, now)}"
    match stream.state:
        case "live":
            heard = stream.last_seen_at or stream.since
            ago = "" if heard is None else f", keepalive {_age(heard, now)} ago"
            text = Content.assemble(ON, f" stream live{ago}")
        case "connecting":
            text = Content.assemble(HALF, " connecting to the event stream")
        case "down":
            text = Content.assemble(BROKEN, (f" stream down: {_problem(stream)} It is tried again by itself.", "$bad"))
        case _:
            why = _problem(stream) or "--no-sse, or no token yet."
            text, since = Content.assemble(WAITING, (f" stream off: {why}", "$muted")), ""
    room = width - (len(since) + 2 if since else 0)
    text = text.truncate(max(room, 1), ellipsis=True)
    gap = max(0, width - text.cell_length - len(since))
    return Content.assemble(text, " " * gap, (since, "$muted"))


def is_unequal(event: ComparedEvent) -> bool:
    """Return whether the event is lost, or its contents differ."""
    return event.reason is Reason.LOST or bool(event.differing)


def counts_line(stream: StreamStatus, only: Only, filter_text: str) -> Content:
    """Return the counts; the one that is shown alone is highlighted, and the filter follows."""
    numbers: list[tuple[Only, str, int]] = [
        (Seen.BOTH, "both", stream.both),
        (Seen.SSE, "only SSE", stream.only_sse),
        (Seen.WEBHOOK, "only webhook", stream.only_webhook),
    ]
    if only == UNEQUAL:
        numbers.append((UNEQUAL, "lost or different", stream.lost + stream.differing))
    parts = [
        Content.assemble((f"{name} {units.count(number)}", "bold underline $primary" if seen is only else ""))
        for seen, name, number in numbers
    ]
    if filter_text:
        parts.append(Content.assemble((f"/{filter_text}", "bold $accent")))
    return Content("   ").join(parts)


def lag_cell(event: ComparedEvent, now: datetime) -> str:
    """Return `0.9 s`, or `12 s+` while the webhook is missing."""
    if event.lag_seconds is not None:
        lag = event.lag_seconds
        # Adding nothing makes no minus of nothing.
        return f"{round(lag, 1) + 0.0:.1f} s" if abs(lag) < 100 else f"{'-' if lag < 0 else ''}{units.age(abs(lag))}"
    if event.sse_at is not None and event.webhook_at is None:
        return f"{_age(event.sse_at, now)}+"
    return NOTHING


def content_cell(event: ComparedEvent, glyphs: Symbols) -> tuple[str, str]:
    """Return a text and the role of its colour: muted, attention, bad."""
    if event.reason is not None:
        quiet = event.reason in (Reason.WAITING, Reason.RETRYING)
        return event.reason.value, "muted" if quiet else "bad" if event.reason is Reason.LOST else "attention"
    if event.differing is None:
        return "not compared", "muted"
    if event.differing == 0:
        return f"{glyphs.equal} same", "muted"
    return f"{glyphs.differs} {_paths(event.differing)}", "bad"


def time_cell(at: datetime | None, now: datetime) -> str:
    """Return `14:02:11`, or a dash."""
    return NOTHING if at is None else units.day_time(at, now)


def sentences(event: ComparedEvent, now: datetime) -> tuple[str, str]:
    """Return what happened to an event, and why; sanitised."""
    name = visible(event.event_id)
    if event.webhook_at is not None and event.sse_at is not None:
        return _came_by_both(event, name, now), _contents(event)
    if event.sse_at is not None:
        backfill = " in the backfill" if event.backfilled else ""
        start = f"{name} came by SSE{backfill} at {_time(event.sse_at, now)}"
        return f"{start} and has not come by webhook for {_age(event.sse_at, now)}.", _no_webhook(event, now)
    assert event.webhook_at is not None
    start = f"{name} came by webhook at {_time(event.webhook_at, now)} (#{event.seq})"
    return f"{start} and has not come by SSE.", _no_sse(event, now)


def _came_by_both(event: ComparedEvent, name: str, now: datetime) -> str:
    assert event.webhook_at is not None
    assert event.sse_at is not None
    webhook, sse = _time(event.webhook_at, now), _time(event.sse_at, now)
    if event.lag_seconds is None:
        return f"{name} came by webhook at {webhook} (#{event.seq}) and was in the SSE backfill of {sse}."
    lag = event.lag_seconds
    when = f"{abs(lag):.1f} s {'later' if lag >= 0 else 'earlier'}"
    return f"{name} came by SSE at {sse} and by webhook {when} (#{event.seq})."


def _contents(event: ComparedEvent) -> str:
    if event.differing is None:
        return "Their contents are too large to be compared, or are not kept any more."
    if event.differing == 0:
        return "Their content is the same."
    return f"Their contents differ at {_paths(event.differing)}: enter shows both."


def _no_webhook(event: ComparedEvent, now: datetime) -> str:
    match event.reason:
        case Reason.TUNNEL_DOWN:
            return f"The tunnel {_during(event.spell, now)}: PiktID will try it again."
        case Reason.NOT_REGISTERED:
            return "No webhook of this run was registered when it happened."
        case Reason.RETRYING:
            return "An attempt was here and could not be stored: PiktID will try it again."
        case Reason.WAITING:
            return "Its delivery is not overdue yet."
        case _:
            return "Tunnel and registration stood: it is lost, unless PiktID tries it again."


def _no_sse(event: ComparedEvent, now: datetime) -> str:
    match event.reason:
        case Reason.STREAM_DOWN:
            return f"The event stream {_during(event.spell, now)}."
        case Reason.OLD:
            when = "" if event.happened_at is None else f" at {_time(event.happened_at, now)}"
            return f"It happened{when}, before what the stream shows."
        case Reason.WAITING if event.spell is not None:
            return f"The event stream {_during(event.spell, now)}: its backfill may bring it."
        case Reason.WAITING:
            return "The stream is not overdue yet."
        case _:
            return "The stream was live and has not shown it."


def _during(spell: Interval | None, now: datetime) -> str:
    if spell is None:
        return "was down"
    if spell.until is None:
        return f"is down since {_time(spell.since, now)}"
    return f"was down from {_time(spell.since, now)} to {_time(spell.until, now)}"


def _problem(stream: StreamStatus) -> str:
    return "" if stream.problem is None else visible(stream.problem.message)


def _paths(number: int) -> str:
    return "1 path" if number == 1 else f"{units.count(number)} paths"


def _age(at: datetime, now: datetime) -> str:
    return units.age((now - at).total_seconds())


def _time(at: datetime, now: datetime) -> str:
    return units.day_time(at, now)
