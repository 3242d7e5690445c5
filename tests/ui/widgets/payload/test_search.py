"""The search of one document, without a screen."""

from __future__ import annotations

from webhook_tui.ui.widgets.payload.document import TextDocument
from webhook_tui.ui.widgets.payload.folding import FoldedDocument
from webhook_tui.ui.widgets.payload.loader import document_for
from webhook_tui.ui.widgets.payload.search import DocumentSearch

DOCUMENT = TextDocument(b"one\nTwo\nthree\ntwo\n")


def test_matches_are_found_in_both_directions_and_round_the_ends() -> None:
    """Case is ignored; a start beyond an end continues at the other one."""
    search = DocumentSearch(DOCUMENT, "two")

    assert [search.find(start) for start in (0, 1, 2, 4, 99)] == [1, 1, 3, 1, 1]
    assert [search.find(start, backwards=True) for start in (4, 2, 0, -1)] == [3, 1, 3, 3]


def test_the_position_is_that_of_the_line() -> None:
    """Between matches only their number is known; without a text nothing is."""
    search = DocumentSearch(DOCUMENT, "two")

    assert [search.position(line) for line in (1, 2, 3)] == ["1 of 2", "2 matches", "2 of 2"]
    assert DocumentSearch(DOCUMENT, "three").position(0) == "1 match"
    assert DocumentSearch(DOCUMENT, "nowhere").position(0) == ""
    assert DocumentSearch(DOCUMENT).find(0) is None
    assert DocumentSearch(DOCUMENT).position(0) == ""


def test_a_folded_document_counts_places_and_summarises_the_part() -> None:
    """A part is folded from its first line or its last, and unfolded by what is revealed in it."""
    folded = FoldedDocument(document_for(b'{"a": {"b": 1, "c": 2}, "d": 3}'))
    assert folded.places == 7

    assert folded.toggle(1)
    assert folded.places == 4
    assert "".join(piece.text for piece in folded.line(1, 80).pieces) == '  "a": { 2 keys },'
    assert (folded.line_at(2), folded.place_of(5), folded.place_of(3)) == (5, 2, 1)
    assert not folded.toggle(5)

    assert folded.reveal(3)
    assert not folded.reveal(3)
    assert folded.places == 7
