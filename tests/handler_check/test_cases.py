"""The deliveries of a check: each once, in an order that the report keeps."""

from __future__ import annotations

from tests.handler_check.handlers import CASES


def test_the_cases_are_those_that_are_documented() -> None:
    """Each once, in an order that the report keeps; titles fit their column."""
    assert [case.name for case in CASES] == [
        "valid-ping",
        "valid-batch_edit",
        "spelling",
        "wrong-secret",
        "changed-byte",
        "missing-header",
        "empty-signature",
        "cut-signature",
        "unset-secret",
        "no-prefix",
        "upper-case",
        "not-ascii",
        "empty-body",
        "duplicate-id",
        "reordered",
        "unknown-event",
        "not-json",
        "other-json",
        "large",
        "slow",
        "still-there",
    ]
    assert all(len(case.title) <= 30 for case in CASES)
    assert [len(message.body) for case in CASES for message in case.messages if case.name == "large"] == [1_048_576]
