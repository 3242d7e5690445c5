"""Selections of deliveries: what they are called, and which numbers they mean."""

from __future__ import annotations

import pytest

from tests.ui.fake_session import NOW, FakeSession
from tests.ui.memory_rows import stored_delivery
from webhook_tui.domain.filtering.parser import parse
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.ui.selection import MARKED, Selection, SelectionResolver


def _session() -> FakeSession:
    return FakeSession(deliveries=[stored_delivery(seq, event="ping" if seq % 2 else "other") for seq in range(1, 7)])


def _pick(session: SessionPort, selection: Selection, *, is_wanted: bool = True) -> tuple[int, ...]:
    return SelectionResolver(session, lambda: NOW).pick(selection, None, lambda: is_wanted)


@pytest.mark.parametrize(
    ("selection", "label"),
    [
        (Selection("this one", seq=8), "#8"),
        (Selection("marked"), "marked"),
        (Selection("filtered", count=2), "2 filtered"),
        (Selection("all", count=1200), "all 1,200"),
    ],
)
def test_label(selection: Selection, label: str) -> None:
    assert selection.label == label


def test_which_deliveries_are_meant() -> None:
    session = _session()
    assert _pick(session, Selection("this one", seq=8)) == (8,)
    assert _pick(session, Selection("all")) == (1, 2, 3, 4, 5, 6)
    assert _pick(session, Selection("filtered", expression=parse("event:ping"))) == (1, 3, 5)
    assert _pick(session, Selection("from here", first=4)) == (4, 5, 6)
    assert _pick(session, Selection("from here", first=9)) == ()


def test_the_marked_are_counted() -> None:
    session = _session()
    resolver = SelectionResolver(session, lambda: NOW)
    assert resolver.counted(MARKED).label == "0 marked"
    session.rows.set(2, marked=True)
    assert resolver.counted(MARKED).label == "1 marked"


def test_a_search_without_a_reader_ends_early() -> None:
    session = _session()
    session.searches_wait = True
    assert _pick(session, Selection("all"), is_wanted=False) == ()
