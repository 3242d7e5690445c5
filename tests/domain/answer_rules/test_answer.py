"""What is stored of an answer, and how it is called."""

from __future__ import annotations

import pytest

from webhook_tui.domain.answer_rules.answer import Answer, NoResponse, answer_word, is_success


@pytest.mark.parametrize(
    ("answer", "word", "accepted"),
    [
        (Answer(204), "204", True),
        (Answer(199), "199", False),
        (Answer(300), "300", False),
        (Answer(no_response=NoResponse.RESET), "reset", False),
        (Answer(no_response=NoResponse.NONE), "none", False),
    ],
)
def test_an_answer_in_a_word(answer: Answer, word: str, accepted: bool) -> None:
    """Only 2xx accepts a delivery; no answer at all does not, whatever its status would have been."""
    assert answer_word(answer.answered) == word
    assert is_success(answer.answered) is accepted
