"""Key a: how the receiver answers, chosen by keys."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.stage import STACKED, stage
from webhook_tui.domain.answer_rules.rules import Fixed, parse
from webhook_tui.domain.commands import SetAnswerRule
from webhook_tui.ui.dialogs.answers import rule_line


async def test_the_rules_as_drawn() -> None:
    """The mock-up's words, the present rule chosen."""
    async with stage(size=STACKED) as played:
        await played.press("a")
        await played.until("How the receiver answers")

        assert played.dialog_lines() == [
            "How the receiver answers",
            "● 200 OK",
            "○ One answer         status 503    delay 0 s    body …",
            "○ Fail, then recover 503, 3 times per event, then 200",
            "○ Rate limit         429 Retry-After 5 s, 1 time per event, then 200",
            "○ Now and then       500 for every 5th delivery",
            "○ By event           image_result 500, others 200",
            "○ No answer          reset the connection",
            "Every delivery is stored before it is answered, whatever the answer.",
            "Per event: each event id has its own count. The rule stays in force.",
            "The status line shows the rule, and what is left for the last event.",
            "  Use it enter      Change the numbers e      Cancel esc",
        ]


RULES = [
    (["enter"], "200"),
    (["down", "enter"], "503"),
    (["j", "j", "enter"], "503 x3"),
    (["down", "down", "down", "enter"], "429 retry 5"),
    (["G", *["down"] * 9, "enter"], "reset"),
    ([*["down"] * 4, "up", "tab", "enter"], "429 retry 5"),
    (["e", *["backspace"] * 3, *"none", "enter", "enter"], "none"),
    (["down", "e", *["backspace"] * 20, *"404", "enter", "enter"], "404"),
]


async def test_a_rule_by_keys() -> None:
    """Arrows choose, e writes, enter uses; on what is no rule the dialog stays open, and esc changes nothing."""
    async with stage(size=STACKED) as played:
        await played.press("a")
        await played.until("How the receiver answers")
        await played.press("e", "9", "enter")
        await played.until("A status is a number from 200 to 599.")
        await played.press("escape")
        await played.dialog_closed()
        assert not played.session.commands

        for keys, rule in RULES:
            played.session.commands.clear()
            await played.press("a")
            await played.until("How the receiver answers")
            await played.press(*keys)
            await played.requested(SetAnswerRule(parse(rule)))
            await played.dialog_closed()


def test_the_headers_of_an_answer_are_counted() -> None:
    one = Fixed(headers=((b"X-A", b"1"),))
    assert rule_line(one, forwards=False)[1].endswith("    1 header")
    assert rule_line(replace(one, headers=one.headers * 2), forwards=False)[1].endswith("    2 headers")
