"""Answer rules: which delivery gets which answer, and that people's texts and the program's words agree."""

from __future__ import annotations

import pytest

from webhook_tui.domain.answer_rules.answer import NOT_STORED, RESET, Answer, NoResponse
from webhook_tui.domain.answer_rules.rules import (
    AnswerRule,
    ByEvent,
    Default,
    EveryNth,
    FailThenRecover,
    Fixed,
    NoAnswer,
    RateLimit,
    RuleError,
    answer_for,
    parse,
    text_of,
    words,
)

RULES: list[tuple[str, AnswerRule, str]] = [
    ("200", Default(), "200"),
    ("503", Fixed(503), "503"),
    ("200 delay 60", Fixed(200, 60.0), "200 after 60 s"),
    ("503 delay 2.5s", Fixed(503, 2.5), "503 after 2.5 s"),
    ('418 body "I am a teapot"', Fixed(418, body=b"I am a teapot"), "418 own body"),
    ('404 header "X-A: b c"', Fixed(404, headers=((b"X-A", b"b c"),)), "404 own headers"),
    ("503 x3, 200", FailThenRecover(503, 3), "503 ×3"),
    ("503 ×3, 200", FailThenRecover(503, 3), "503 ×3"),
    ("500x2", FailThenRecover(500, 2), "500 ×2"),
    ("429 retry 5", RateLimit(5, 1), "429 ×1"),
    ("429 Retry-After 7 s x2, 200", RateLimit(7, 2), "429 ×2"),
    ("every 5th 500", EveryNth(5, 500), "every 5th 500 (next in 5)"),
    ("503x3,200", FailThenRecover(503, 3), "503 ×3"),
    ("429 retry-after=5", RateLimit(5, 1), "429 ×1"),
    ("every 5: 500", EveryNth(5, 500), "every 5th 500 (next in 5)"),
    ("event:image_*: 500", ByEvent((("image_*", 500),)), "image_* 500"),
    ("every 2 503", EveryNth(2, 503), "every 2nd 503 (next in 2)"),
    ("every 12th 503", EveryNth(12, 503), "every 12th 503 (next in 12)"),
    ("image_result 500", ByEvent((("image_result", 500),)), "image_result 500"),
    ("ping 404, batch_edit 503", ByEvent((("ping", 404), ("batch_edit", 503))), "ping 404, batch_edit 503"),
    ("404: 503, a:: 500", ByEvent((("404", 503), ("a:", 500))), "event:404: 503, event:a:: 500"),
    ("event:503x3: 200", ByEvent((("503x3", 200),)), "event:503x3: 200"),
    ("none", NoAnswer(NoResponse.NONE), "none"),
    ("Reset", NoAnswer(NoResponse.RESET), "reset"),
]


@pytest.mark.parametrize(("text", "rule", "said"), RULES)
def test_a_text_is_a_rule_and_a_rule_has_words(text: str, rule: AnswerRule, said: str) -> None:
    """What people write, what it means, how the status line says it; and it can be edited again."""
    assert parse(text) == rule
    assert words(rule) == said
    assert parse(text_of(rule)) == rule


@pytest.mark.parametrize(
    "text",
    [
        *("", "99", "199", "600", "1000", "-1", "503 x0", "503 x99999", "every 0th 500", "every 5th 42", "503 delay"),
        *(
            "503 delay 61",
            "503 delay -1",
            '503 body "open',
            "503 cookie x",
            "503 header x",
            "ping",
            "ping 999",
            "ping 5",
        ),
        *('503 header "Content-Length: 3"', '503 header "Transfer-Encoding: chunked"', '503 header "X: é"'),
        *("429 retry 5 x0", "٥٠٣"),
    ],
)
def test_what_is_no_rule_is_refused_in_one_sentence(text: str) -> None:
    """The message says what a rule looks like."""
    with pytest.raises(RuleError, match=r"^[A-Z].*\.$"):
        parse(text)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("200", [None] * 6),
        ("404", [404] * 6),
        ("503 x3", [503, 503, 503, None, None, None]),
        ("429 retry 5 x2", [429, 429, None, None, None, None]),
        ("every 3rd 500", [None, None, 500, None, None, 500]),
        ("reset", [RESET] * 6),
    ],
)
def test_what_each_delivery_gets(rule: str, expected: list[int | None]) -> None:
    """One after the other since the rule took effect; None is the usual answer."""
    given = [answer_for(parse(rule), nth, "ping") for nth in range(1, 7)]

    assert [None if answer is None else answer.answered for answer in given] == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("503 x3", ["503 ×3", "503 ×3 (2 left)", "503 ×3 (1 left)", "503 ×3", "503 ×3"]),
        ("429 retry 5 x2", ["429 ×2", "429 ×2 (1 left)", "429 ×2", "429 ×2", "429 ×2"]),
        ("every 3rd 500", [f"every 3rd 500 (next in {left})" for left in (3, 2, 1, 3, 2)]),
        ("404", ["404"] * 5),
    ],
)
def test_the_words_say_what_is_left(rule: str, expected: list[str]) -> None:
    """Before the first delivery, and after each."""
    assert [words(parse(rule), nth) for nth in range(5)] == expected


def test_by_event_looks_at_the_name() -> None:
    """Others are answered as usual."""
    rule = parse("ping 404, image_result 500")
    got = [answer_for(rule, 1, name) for name in ("ping", "image_result", "batch_edit", "")]

    assert [answer and answer.status for answer in got] == [404, 500, None, None]


def test_the_answers_carry_what_the_rule_says() -> None:
    """Retry-After, own headers and body, the delay; silence is distinguished."""
    limited = answer_for(RateLimit(5, 1), 1, "")
    own = answer_for(parse('201 delay 2 header "Content-Type: text/html" body "<p>"'), 1, "")

    assert limited is not None
    assert (b"retry-after", b"5") in limited.headers
    assert own == Answer(201, b"<p>", ((b"Content-Type", b"text/html"),), 2.0)
    assert answer_for(NoAnswer(NoResponse.NONE), 1, "") == Answer(no_response=NoResponse.NONE)
    assert Answer(no_response=NoResponse.NONE).answered is None
    assert NOT_STORED.answered == 503


def test_an_event_name_may_have_wildcards() -> None:
    """The first name that matches decides; a name without wildcards is compared as it is."""
    rule = parse("image_result: 404, image_*: 500, a[b] 503")

    statuses = {name: answer_for(rule, 1, name) for name in ("image_result", "image_edit", "ping", "a[b]")}

    assert {name: answer and answer.status for name, answer in statuses.items()} == {
        "image_result": 404,
        "image_edit": 500,
        "ping": None,
        "a[b]": 503,
    }
