"""Bodies that break readers, through everything that reads them: nothing raises or waits, and what is odd is marked.

Seconds are those of the processor: so a busy machine changes nothing.
"""

from __future__ import annotations

import os
import random
from time import monotonic, thread_time

import pytest

from tests.factories import delivery
from tests.hostile.documents import LARGEST, NAMED, generated
from webhook_tui.domain.delivery.event import event_name, parse_event
from webhook_tui.domain.delivery.summary import event_summary
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.domain.diagnostics.engine import explain
from webhook_tui.domain.signature.lint import field_paths, lint
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.ui.format.comparison.event_sides import lines_of
from webhook_tui.ui.widgets.payload.document import Document
from webhook_tui.ui.widgets.payload.loader import document_for

INPUTS = int(os.environ.get("HOSTILE_INPUTS", "300"))
SIGNED = ((b"X-Webhook-Signature", b"sha256=" + b"0" * 64), (b"Content-Type", b"application/json"))
MARKS = {
    "a long integer": "number beyond double",
    "a progress beyond double": "number beyond double",
    "not a number": "NaN",
    "twins": "duplicate key",
    "UTF-16": "UTF-16",
    "UTF-16 without a mark": "UTF-16",
    "UTF-32": "UTF-32",
    "a byte order mark": "byte order mark",
    "a lone surrogate": "half of a surrogate pair",
    "a surrogate in UTF-8": "not UTF-8",
    "latin-1": "not UTF-8",
    "arrays in arrays": "Nested too deeply",
    "nothing": "empty",
    "two documents": "Not JSON",
}
"""Which of the named bodies says what of itself on the Payload tab."""


def _look_at(document: Document) -> None:
    """As the payload view does, at its beginning, middle and end; what it would draw is harmless."""
    last = document.line_count - 1
    for index in {0, min(1, last), last // 2, last}:
        for cells in (0, 40, 10_000):
            for piece in document.line(index, cells).pieces:
                assert all(map(is_harmless, piece.text))
        assert all(map(is_harmless, document.path_at(index)))
        document.fold_at(index)
        document.find("\ud800[x", index, backwards=False)
        document.find("ping", index, backwards=True)
    for note in (document.heading, *document.notes):
        assert all(map(is_harmless, note))
    document.fitted(20).line(0, 20)


def _read(body: bytes) -> None:
    """All that is done with a body by itself."""
    event = parse_event(body)
    event_summary(event)
    event_name((), event)
    field_paths(body)
    for note in lint(delivery(body)):
        assert all(map(is_harmless, note))
    for raw in (False, True):
        _look_at(document_for(body, raw=raw))


@pytest.mark.parametrize("name", NAMED)
def test_what_is_known_to_break_readers_breaks_none(name: str) -> None:
    """Event, notes, explanation, comparison and every view, within four seconds of work together."""
    began = thread_time()
    body = NAMED[name]
    _read(body)
    assert all(is_harmless(character) for line in lines_of(body) for character in line)
    explain(delivery(body, headers=SIGNED), SecretRing(), seq=1, clock=monotonic)
    assert thread_time() - began < 4


@pytest.mark.parametrize("name", MARKS)
def test_what_is_special_has_a_mark(name: str) -> None:
    """In the heading above the payload or in the notes below it."""
    document = document_for(NAMED[name])
    assert MARKS[name] in " ".join((document.heading, *document.notes))


@pytest.mark.parametrize("name", LARGEST)
def test_ten_mebibytes_on_one_line_are_read_in_time(name: str) -> None:
    """Of work: the event within 0.25 s, since other deliveries wait; a document within two, off the screen."""
    body = LARGEST[name]()
    began = thread_time()
    parse_event(body)
    parsed = thread_time()
    document = document_for(body)
    made = thread_time()
    _look_at(document)
    assert parsed - began < 0.25
    assert made - parsed < 2
    assert thread_time() - made < 2


def test_generated_bodies_break_nothing() -> None:
    """As many as HOSTILE_INPUTS says."""
    for number in range(INPUTS):
        body = generated(random.Random(f"document {number}"))
        try:
            _read(body)
        except Exception as error:
            raise AssertionError(f"body {number}: {body[:500]!r}") from error
