"""Differences become a cause, in sentences of bounded length and in the words of the rest of the program."""

from __future__ import annotations

import re

from webhook_tui.domain.diagnostics.catalogue import CATALOGUE, JSON_ADVICE, JSON_CHANGES
from webhook_tui.domain.diagnostics.causes import cause_of, difference, note_of

LONGEST = "\u00e9" * 500


def test_every_sentence_of_the_catalogue_has_room() -> None:
    """Headlines within 60 characters, short ones within 34, whatever is combined; each sentence ends in a full stop."""
    names: tuple[str, ...] = (
        "count",
        "character",
        "word",
        "digits",
        "name",
        "byte",
        "text",
        "what",
        "language",
        "case",
    )
    names = (*names, *("path", "signed", "received", "change", "mark"))
    made = [
        difference(code, **{**dict.fromkeys(names, LONGEST), "seq": 1_000_000}) for code in (*CATALOGUE, *JSON_CHANGES)
    ]
    for one in made:
        for cause in (
            cause_of([one], 1, 2),
            *(cause_of([one, other], 1, 1) for other in made[::9]),
            cause_of([one] * 3, 9, 9),
        ):
            assert len(cause.headline) <= 60
            assert len(cause.short_reason) <= 34
            assert cause.headline.startswith("It ")
            assert all(
                text.endswith((".", "…")) for text in (cause.headline, cause.short_reason, cause.why, cause.change)
            )
        assert len(note_of([one])) <= 55


def test_a_cause_of_two_differences_names_both() -> None:
    """The code has both; the sizes are shown when they differ."""
    cause = cause_of([difference("trailing-newline"), difference("upper-case")], 9, 10)

    assert cause.code == "trailing-newline+upper-case"
    assert cause.headline == "It fits without the last newline and in lower case."
    assert cause.short_reason == "Fits with two differences."
    assert "9 bytes were signed and 10 arrived." in cause.why


def test_received_text_in_a_cause_is_harmless_and_cut() -> None:
    """A header's name may hold anything."""
    why = cause_of([difference("other-header", name="x\x1b[2J" + "y" * 99)], 1, 1).why

    assert "x␛[2J" in why
    assert "y" * 40 not in why


def test_one_word_for_one_idea() -> None:
    """No text of the catalogue uses a word that other texts of the program do not."""
    texts = [text for row in (*CATALOGUE.values(), *JSON_CHANGES.values()) for text in row]
    for text in (*texts, *JSON_ADVICE.values()):
        assert not re.search(r"judged|proven|stray|signed anew|nothing fits|timestamp and a dot", text, re.IGNORECASE)
        assert text.count(". ") <= 1
