"""Finds the marked delivery to compare with, and makes the page; runs in a thread, for any of it can be large."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from webhook_tui.domain.delivery import StoredDelivery
from webhook_tui.domain.filter import parse
from webhook_tui.domain.problem import Problem, ProblemError, Severity
from webhook_tui.domain.rows import Sort
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.tui.sharing import wait_until_done
from webhook_tui.tui.words.comparison import comparison


@dataclass(frozen=True, slots=True)
class Compared:
    """A page."""

    title: str
    text: Content


def compare(session: SessionPort, stored: StoredDelivery, last_marked: int | None, now: datetime) -> Compared:
    """A delivery with the marked one: that which was marked last, else the newest; the earlier one stands first.

    Raises ProblemError when no other one is marked.
    """
    marked = _marked(session, stored.row.seq, last_marked, now)
    before, after = sorted((marked, stored), key=lambda one: one.row.seq)
    return Compared(f"#{before.row.seq} and #{after.row.seq}", comparison(before, after))


def _marked(session: SessionPort, seq: int, last_marked: int | None, now: datetime) -> StoredDelivery:
    changed = threading.Event()
    search = session.open_found(parse("marked"), sort=Sort(is_descending=True), now=now, changed=changed.set)
    with closing(search) as found:
        wait_until_done(found, changed)
        is_there = last_marked not in (None, seq) and found.position(last_marked or 0) is not None
        numbers = [last_marked or 0] if is_there else [row.seq for row in found.window(0, 2) if row.seq != seq]
        stored = found.stored(numbers[0]) if numbers else None
    if stored is None:
        raise ProblemError(
            Problem("No other delivery is marked.", "m marks the one to compare with.", severity=Severity.WARNING)
        )
    return stored
