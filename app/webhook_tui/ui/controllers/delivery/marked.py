"""Finds the marked deliveries and compares; runs in a worker thread, since bodies can be large."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import datetime

from msgspec import Struct
from textual.content import Content

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.rows import Sort
from webhook_tui.domain.errors import ProblemError, delivery_gone
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.ui.format.comparison.deliveries import comparison
from webhook_tui.ui.notice_texts import NONE_MARKED
from webhook_tui.ui.selection import wait_until_done

MOST_OFFERED = 200


class Compared(Struct, frozen=True):
    """The text of a comparison and its title."""

    title: str
    text: Content


class Marked(Struct, frozen=True):
    """Several deliveries that `stored` can be compared with, newest first; at most 200."""

    stored: StoredDelivery
    rows: tuple[DeliveryRow, ...]


def compare_with_marked(session: SessionPort, stored: StoredDelivery, now: datetime) -> Compared | Marked:
    """Compare with the other marked delivery; return the marked ones if there are several.

    Raises ProblemError when no other one is marked.
    """
    changed = threading.Event()
    search = session.open_found(parse("marked"), sort=Sort(is_descending=True), now=now, changed=changed.set)
    with closing(search) as found:
        wait_until_done(found, changed)
        others = tuple(row for row in found.window(0, MOST_OFFERED + 1) if row.seq != stored.row.seq)
    if not others:
        raise ProblemError(NONE_MARKED)
    if len(others) > 1:
        return Marked(stored, others[:MOST_OFFERED])
    return compare(session, stored, others[0].seq)


def compare(session: SessionPort, stored: StoredDelivery, seq: int) -> Compared:
    """Compare two deliveries, the earlier one first. Raises ProblemError if the other one was deleted."""
    with closing(session.open_rows()) as rows:
        other = rows.stored(seq)
    if other is None:
        raise ProblemError(delivery_gone(seq))
    before, after = sorted((other, stored), key=lambda one: one.row.seq)
    return Compared(f"#{before.row.seq} and #{after.row.seq}", comparison(before, after))
