"""Sentences that count something, or join what another part said."""

from __future__ import annotations

import pytest

from webhook_tui.domain.errors import Problem
from webhook_tui.session import messages


@pytest.mark.parametrize(
    ("checked", "valid", "sentence"),
    [
        (0, 0, "Secret added. There was no delivery to re-check."),
        (1, 0, "Secret added. Re-checked 1 delivery: none is valid with it."),
        (1, 1, "Secret added. Re-checked 1 delivery: 1 is now valid."),
        (20_000, 12_000, "Secret added. Re-checked 20,000 deliveries: 12,000 are now valid."),
    ],
)
def test_secret_added(checked: int, valid: int, sentence: str) -> None:
    assert messages.secret_added(checked, valid) == sentence


@pytest.mark.parametrize(
    ("invalid", "changed"),
    [
        (0, "No delivery was valid with it."),
        (1, "1 delivery is no longer valid."),
        (2, "2 deliveries are no longer valid."),
    ],
)
def test_secret_removed(invalid: int, changed: str) -> None:
    assert messages.secret_removed("2a7f", invalid) == f"Secret 2a7f removed. {changed}"


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (None, "PiktID did not answer."),
        (Problem("PiktID is unavailable (503).", "Try again."), "PiktID is unavailable (503)."),
    ],
)
def test_not_deleted(problem: Problem | None, reason: str) -> None:
    assert messages.not_deleted(problem).message == f"The webhook could not be deleted: {reason}"


def test_public_url_verified() -> None:
    """As other durations are shown: one below a hundredth of a second is not zero."""
    assert messages.public_url_verified(0.0034) == "The public URL leads here: verified in 3 ms."
    assert messages.public_url_verified(1.26) == "The public URL leads here: verified in 1.3 s."
