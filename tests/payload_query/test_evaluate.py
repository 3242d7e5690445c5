"""What an expression finds, and where its mistakes are."""

from __future__ import annotations

import pytest

from webhook_tui.domain.payload.query import Mistake
from webhook_tui.payload_query.evaluate import evaluate


@pytest.mark.parametrize(
    ("expression", "mistake"),
    [
        ("items[", Mistake("the expression ends too early", 6, 7)),
        ("items ~ x", Mistake("this is not JMESPath", 6, 9)),
        ("'open", Mistake("this is not JMESPath", 0, 5)),
        ("items items", Mistake("this cannot stand here", 6, 11)),
        ("a | nofun(@)", Mistake("there is no function nofun()", 4, 9)),
        ("length(`1`)", Mistake("length() needs string or array or object, not number", 0, 6)),
        ("max_by(items)", Mistake("max_by() takes 2 arguments", 0, 6)),
        ("merge()", Mistake("merge() takes at least 1 argument", 0, 5)),
    ],
)
def test_mistakes_have_a_place(expression: str, mistake: Mistake) -> None:
    """And say what is wrong there."""
    assert evaluate(expression, {"items": []}).mistake == mistake


@pytest.mark.parametrize("expression", ["[" * 3000, "(" * 3000 + "a", "!" * 5000, "\x00", "\ud800", "a.\x1b[31m"])
def test_no_expression_is_an_error_of_ours(expression: str) -> None:
    """Whatever was typed; the sentence is harmless."""
    mistake = evaluate(expression, {"a": 1}).mistake

    assert mistake is not None
    assert mistake.sentence.isprintable()
