"""Which answers of a handler are right, and the texts about each case and the whole check."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from webhook_tui.domain.forwarding.handler_check import CaseResult, Expected, HandlerCheck

PASSED = CaseResult("valid", "A valid delivery", Expected.ACCEPTED, (200,))


@pytest.mark.parametrize(
    ("expected", "met"),
    [(Expected.ACCEPTED, [200, 299]), (Expected.REFUSED, [400, 499]), (Expected.SURVIVED, [200, 299, 400, 499])],
)
def test_the_answers_that_are_expected(expected: Expected, met: list[int]) -> None:
    assert [status for status in (199, 200, 299, 300, 399, 400, 499, 500) if expected.is_met_by(status)] == met


@pytest.mark.parametrize(
    ("result", "passed", "said"),
    [
        (PASSED, True, "200"),
        (replace(PASSED, statuses=(200, 200)), True, "200"),
        (replace(PASSED, statuses=(200, 500)), False, "200, 500"),
        (
            replace(PASSED, statuses=(200,), no_answer="the connection was closed"),
            False,
            "200, the connection was closed",
        ),
        (replace(PASSED, statuses=()), False, ""),
    ],
)
def test_every_request_of_a_case_has_to_be_answered_as_expected(result: CaseResult, passed: bool, said: str) -> None:
    assert (result.passed, result.said) == (passed, said)


def test_an_explanation_is_the_meaning_and_the_advice() -> None:
    assert replace(PASSED, meaning="It means.", advice="Change it.").explanation == "It means. Change it."
    assert replace(PASSED, meaning="It means.").explanation == "It means."
    assert PASSED.explanation == ""


def test_only_cases_that_were_sent_have_failed() -> None:
    failed = replace(PASSED, statuses=(500,))
    check = HandlerCheck("http://x", (PASSED, failed, failed), done=2)

    assert (check.results, check.failed) == ((PASSED, failed), (failed,))
