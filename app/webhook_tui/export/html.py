"""Deliveries as one HTML page for a person: no script, nothing loaded from elsewhere, received text only as text.

The page holds, for each delivery, its verdict and the reason, the attempts of its event, its headers, its payload and
what differs from the attempt before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from webhook_tui.domain import units
from webhook_tui.domain.comparison.diff import PathChange, changed_paths
from webhook_tui.domain.delivery.delivery import Explanation, StoredDelivery
from webhook_tui.domain.delivery.text import visible, visible_lines
from webhook_tui.domain.payload.json_decoder import indented
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.export.destination import Destination

_MOST_CHANGES = 100
_STYLE = """
:root { color-scheme: light dark; --bg: #faf8f3; --fg: #23262e; --muted: #5c6270; --line: #d6d1c5; --good: #07774c;
  --older: #0a6580; --bad: #a3002e; --box: #f2efe9; }
@media (prefers-color-scheme: dark) { :root { --bg: #10151d; --fg: #dbe2ee; --muted: #8d99ae; --line: #2b3547;
  --good: #8cf0c0; --older: #67c7e6; --bad: #ff8c9f; --box: #18202c; } }
body { background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 0; } h3 { font-size: .95rem; margin: 1rem 0 .3rem; }
article { border: 1px solid var(--line); border-radius: 6px; margin: 1.5rem 0; padding: 1rem 1.2rem; }
pre, td, code { font-family: ui-monospace, monospace; font-size: 13px; }
pre { background: var(--box); border-radius: 4px; overflow-x: auto; padding: .7rem; }
table { border-collapse: collapse; } td, th { padding: .1rem 1rem .1rem 0; text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: normal; } td { overflow-wrap: anywhere; }
.muted { color: var(--muted); } .good { color: var(--good); } .older { color: var(--older); }
.bad { color: var(--bad); }
"""
_CLASSES: Mapping[Verdict, str] = {
    Verdict.VALID: "good",
    Verdict.OLDER: "older",
    Verdict.PENDING: "muted",
    Verdict.INVALID: "bad",
    Verdict.MISSING: "bad",
    Verdict.MALFORMED: "bad",
}


def write_html(deliveries: Iterable[StoredDelivery], _destination: Destination) -> Iterator[bytes]:
    """Yield one page. All deliveries are held in memory, since each one shows the other attempts of its event."""
    chosen = list(deliveries)
    events: defaultdict[str, list[StoredDelivery]] = defaultdict(list)
    for stored in chosen:
        events[_event_key(stored)].append(stored)
    title = f"{units.counted(len(chosen), 'webhook delivery')}"
    yield (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        '<p class="muted">Exported by webhook-tui. Credentials and known secrets were taken out.</p>\n'
    ).encode()
    for stored in chosen:
        yield _article(stored, events[_event_key(stored)]).encode()
    yield b"</body>\n</html>\n"


def _event_key(stored: StoredDelivery) -> str:
    """A delivery without an event id is an event of its own."""
    return stored.row.event_id or f"#{stored.row.seq}"


def _article(stored: StoredDelivery, attempts: Sequence[StoredDelivery]) -> str:
    row = stored.row
    explanation = stored.explanation or Explanation(row.reason, "")
    answered = f"answered {row.answered}" if row.answered else "not answered"
    values = (units.rfc3339(row.received_at), f"attempt {row.attempt}", answered, f"{row.size:,} bytes")
    headers = ((visible(name), visible(value)) for name, value in stored.delivery.headers)
    parts = [
        f'<article id="d{row.seq}">',
        f"<h2>#{row.seq} {_badge(row.verdict)} {_text(row.event or 'no event')}</h2>",
        f'<p class="muted">{_text(" · ".join(values))}</p>',
        f"<p>{_text(explanation.why)}</p>",
        f"<p>What to change: {_text(explanation.change)}</p>" if explanation.change else "",
        _timeline(stored, attempts),
        _changes(stored, attempts),
        "<h3>Headers</h3>",
        _table((escape(name), escape(value)) for name, value in headers),
        "<h3>Payload</h3>",
        f"<pre>{_payload(stored.delivery.body)}</pre>",
        "</article>\n",
    ]
    return "\n".join(part for part in parts if part)


def _badge(verdict: Verdict) -> str:
    return f'<span class="{_CLASSES[verdict]}">{verdict.glyph} {verdict.value}</span>'


def _timeline(stored: StoredDelivery, attempts: Sequence[StoredDelivery]) -> str:
    if len(attempts) < 2:
        return ""
    rows = (
        (
            f'<a href="#d{one.row.seq}">#{one.row.seq}</a>' if one is not stored else f"#{one.row.seq}",
            units.rfc3339(one.row.received_at),
            _badge(one.row.verdict),
            f"answered {one.row.answered}" if one.row.answered else "not answered",
        )
        for one in attempts
    )
    return f"<h3>Attempts of this event</h3>\n{_table(rows)}"


def _changes(stored: StoredDelivery, attempts: Sequence[StoredDelivery]) -> str:
    """What differs from the attempt before."""
    index = next(place for place, one in enumerate(attempts) if one is stored)
    if not index or attempts[index - 1].delivery.body == stored.delivery.body:
        return ""
    before = attempts[index - 1]
    heading = f"<h3>Changed since #{before.row.seq}</h3>"
    changes = changed_paths(before.delivery.body, stored.delivery.body)
    if not changes:
        return f"{heading}\n<p>The bytes differ: {before.row.size:,} became {stored.row.size:,}.</p>"
    return f"{heading}\n{_table(_change(change) for change in changes[:_MOST_CHANGES])}"


def _change(change: PathChange) -> tuple[str, str]:
    before = "absent" if change.before is None else change.before
    after = "absent" if change.after is None else change.after
    return _text(change.path), f"{_text(before)} → {_text(after)}"


def _table(rows: Iterable[Sequence[str]]) -> str:
    lines = (f"<tr><th>{first}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for first, *cells in rows)
    return "\n".join(("<table>", *lines, "</table>"))


def _payload(body: bytes) -> str:
    """The body, indented where it is JSON; its numbers and key order stay as received."""
    if not body:
        return '<span class="muted">empty</span>'
    return escape("\n".join(visible_lines(indented(body))))


def _text(received: str) -> str:
    return escape(visible(received))
