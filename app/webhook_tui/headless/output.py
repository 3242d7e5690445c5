"""The lines on standard output: one JSON object for each event, for programs, or one sentence, for people.

Received bytes never reach the terminal as control characters, and no line contains the token or a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, TextIO

from webhook_tui import __version__
from webhook_tui.domain import events, units
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible
from webhook_tui.export.json_lines import as_line, encode_delivery
from webhook_tui.headless.delivery_page import answer_text
from webhook_tui.headless.text_style import TextStyle


class LineWriter:
    """Writes the line of each event, until it is silenced."""

    def __init__(self, line: Callable[[events.SessionEvent], str | None], out: TextIO) -> None:
        """`line`: returns the line of an event with its newline, or None when it has none."""
        self._line = line
        self._out = out
        self._silent = False

    def silence(self) -> None:
        """Write no more lines."""
        self._silent = True

    def write(self, event: events.SessionEvent) -> None:
        """Write the line of an event, if it has one. Raises OutputError."""
        line = self._line(event)
        if line is not None and not self._silent:
            self._out.write(line)

    def flush(self) -> None:
        """Flush what was written, once for all events of a batch. Raises OutputError."""
        if not self._silent:
            self._out.flush()


class JsonWriter:
    """Writes each event as NDJSON, ASCII only, so that no received character can act on a terminal.

    It writes bytes: a text stream copies each line twice.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._silent = False

    def silence(self) -> None:
        """Write no more lines."""
        self._silent = True

    def write(self, event: events.SessionEvent) -> None:
        """Write the line of an event, if it has one. Raises OutputError."""
        if isinstance(event, events.DeliveryStored):
            self.write_lines(self.encoded((event,)))
        elif (line := json_line(event)) is not None:
            self.write_lines(line.encode("ascii"))

    def encoded(self, deliveries: Sequence[events.DeliveryStored]) -> bytearray:
        """Return the lines of these deliveries, or none once it is silenced."""
        lines = bytearray()  # of all: to allocate and copy each line takes longer
        if not self._silent:
            for stored in deliveries:
                encode_delivery(stored.row, stored.delivery, lines, is_strict=stored.is_strict)
        return lines

    def write_lines(self, lines: bytes | bytearray) -> None:
        """Write lines. Raises OutputError."""
        if not self._silent:
            self._out.write(lines)

    def flush(self) -> None:
        """Flush what was written, once for all events of a batch. Raises OutputError."""
        if not self._silent:
            self._out.flush()


def json_line(event: events.SessionEvent) -> str | None:
    """The line of an event that is no delivery, or None when it has none."""
    record = _record(event)
    return None if record is None else as_line(record)


def _record(event: events.SessionEvent) -> Mapping[str, Any] | None:
    match event:
        case events.VerdictChanged(row=row, cause=cause):
            return {
                "type": "verdict",
                "seq": row.seq,
                "verdict": row.verdict.value,
                "reason": row.reason,
                "cause": None if cause is None else cause.code,
                "why": None if cause is None else cause.why,
                "change": None if cause is None else cause.change,
            }
        case events.EventCompared():
            return {
                "type": "event",
                "event_id": json.loads(event.event_id),
                "name": event.name,
                "seen": event.seen,
                "lag_ms": event.lag_ms,
                "equal": event.equal,
            }
        case events.Forwarded(sent=sent):
            return {"type": "forwarded", "seq": sent.seq, "status": sent.status, "ms": sent.ms}
        case events.RequestRefused(refusal=refusal):
            return {
                "type": "refused",
                "status": refusal.status,
                "reason": f"{refusal.explanation}.",
                "count": refusal.count,
            }
        case events.ProblemOccurred(problem=problem, again=again):
            code = problem.exit_code
            return {
                "type": "error",
                "message": problem.sentence(again),
                "code": code.name.lower().replace("_", "-"),
                "exit_code": int(code),
            }
        case _:
            return _route_record(event)


def _route_record(event: events.SessionEvent) -> Mapping[str, Any] | None:
    match event:
        case events.SessionReady(public_url=public_url, port=port):
            return {"type": "ready", "public_url": public_url, "port": port, "version": __version__, "format": 1}
        case events.WebhookRegistered(webhook_id=webhook_id, url=url):
            return {"type": "registered", "id": webhook_id, "url": url}
        case events.WebhookDeleted():
            return {"type": "deleted"}
        case events.TunnelChanged(state=state, public_url=public_url):
            return {"type": "tunnel", "state": state, "public_url": public_url}
        case _:
            return None


class TextLine:
    """Returns one line for an event, for people."""

    def __init__(self, style: TextStyle) -> None:
        self._style = style

    def __call__(self, event: events.SessionEvent) -> str | None:
        """Return the line of one event, or None when it has none."""
        text = self._text(event)
        return None if text is None else text + "\n"

    def _text(self, event: events.SessionEvent) -> str | None:
        match event:
            case events.SessionReady(public_url=public_url, port=port):
                return f"ready: listening on port {port}, public URL {visible(public_url or 'none')}; ctrl+c leaves"
            case events.WebhookRegistered(webhook_id=webhook_id, url=url):
                return f"registered: webhook {visible(str(webhook_id))} at {visible(url)}"
            case events.DeliveryStored(row=row):
                return self._row(row)
            case events.VerdictChanged(row=row):
                return f"#{row.seq} re-checked: {self._style.verdict(row.verdict)} {visible(row.reason)}"
            case events.EventCompared() if event.seen != "both" or event.equal is False:
                return self._event(event)
            case events.TunnelChanged(state=state, public_url=public_url):
                return f"tunnel: {state}{f', {visible(public_url)}' if public_url else ''}"
            case events.Forwarded(sent=sent):
                return f"#{sent.seq} is forwarded: {sent.outcome}"
            case events.WebhookDeleted():
                return "deleted: the webhook is gone"
            case _:
                return None

    def _row(self, row: DeliveryRow) -> str:
        now = datetime.now().astimezone()
        event = visible(row.event) or "(no event)"
        words = [f"#{row.seq}", units.exact_time(row.received_at, now), self._style.verdict(row.verdict), event]
        if row.event_id is not None:
            words.append(f"id {visible(row.event_id)}")
        if row.attempt > 1:
            words.append(f"attempt {row.attempt}")
        words.append(f"{answer_text(row.answered)}, {units.size(row.size)}.")
        return " ".join([*words, visible(row.reason)])

    @staticmethod
    def _event(event: events.EventCompared) -> str:
        what = f"event {visible(event.event_id)} {visible(event.name)}".rstrip()
        if event.seen == "both":
            return f"{what}: webhook and event stream differ"
        return f"{what}: only by {'the event stream' if event.seen == 'sse' else 'webhook'} ({event.reason})"
