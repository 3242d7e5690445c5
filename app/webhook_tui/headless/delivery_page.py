"""One delivery as text: what `show` prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from webhook_tui.domain import units
from webhook_tui.domain.answer_rules.answer import RESET
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.summary import summarize
from webhook_tui.domain.delivery.text import visible, visible_lines
from webhook_tui.domain.payload.json_decoder import is_too_deep
from webhook_tui.headless.text_style import TextStyle

_LABEL = 11
_LONGEST_NAME = 32
_HOOK = re.compile(r"(?<=/h/)([0-9a-f]{4})[0-9a-f]{24}([0-9a-f]{4})")
"""Anyone who knows this part of the path can send deliveries: it is shown in full in JSON only."""


def delivery_page(stored: StoredDelivery, style: TextStyle, now: datetime, departures: Sequence[Departure] = ()) -> str:
    """Return the page without a newline at its end; no received character can act on a terminal.

    Nothing is cut, so that it can be searched; `now`: local time.
    """
    row, delivery = stored.row, stored.delivery
    local = row.received_at.astimezone(now.tzinfo)
    head = (
        f"#{row.seq}",
        style.verdict(row.verdict),
        visible(row.event) or "(no event)",
        f"attempt {row.attempt}",
        answer_text(row.answered),
    )
    offset = f"{local:%z}"
    received = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {offset[:3]}:{offset[3:]}"
    request = f"{visible(delivery.method)} {_HOOK.sub(_shortened, visible(delivery.target))}"
    lines = ["  ".join(head), visible(row.reason), ""]
    lines.append("   ".join((f"{'received':<{_LABEL}}{received}", units.size(row.size), request)))
    words = [visible(row.event_id)] if row.event_id is not None else []
    if summary := summarize(delivery.body).words:
        words.append(visible(summary))
    if words:
        lines.append(f"{'event':<{_LABEL}}{'   '.join(words)}")
    lines += [
        f"{'departs':<{_LABEL}}{visible('.'.join(('$', *departure.path)))}: {departure.sentence}"
        for departure in departures
    ]
    if row.comment:
        lines.append(f"{'comment':<{_LABEL}}{visible(row.comment)}")
    width = min(_LONGEST_NAME, max((len(name) for name, _ in delivery.headers), default=0))
    lines += ["", *(f"{visible(name):<{width}}  {visible(value)}" for name, value in delivery.headers)]
    if delivery.body:
        lines += ["", *visible_lines(_indented(delivery.body))]
    return "\n".join(lines)


def _shortened(hook: re.Match[str]) -> str:
    return f"{hook[1]}…{hook[2]}"


def answer_text(answered: int | None) -> str:
    """Return `answered 200`, `connection reset` or `no answer yet`."""
    if answered:
        return f"answered {answered}"
    return "connection reset" if answered == RESET else "no answer yet"


def _indented(body: bytes) -> bytes:
    """The body, indented where it is JSON; every token stays as received."""
    if is_too_deep(body):
        return body
    try:
        body.decode()
        return msgspec.json.format(body, indent=2)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body
