"""How a problem reads: with keys on the screen, without them elsewhere, with and without seconds."""

from __future__ import annotations

import pytest

from webhook_tui.domain.errors import Problem


def test_keys_are_named_on_the_screen_alone() -> None:
    """What is printed or logged names none."""
    problem = Problem("No.", "Retrying in {again}.", screen_hint="Retrying in {again}; u tries now.")
    assert problem.sentence(4) == "No. Retrying in 4 s."
    assert problem.advice(4) == "Retrying in 4 s; u tries now."
    assert problem.advice(0) == "Retrying now; u tries now."
    assert Problem("No.", "Wait.").advice() == "Wait."


@pytest.mark.parametrize(
    ("hint", "without"),
    [
        ("Check the connection; retrying in {again}.", "Check the connection."),
        ("Retrying in {again}; check the connection.", "Check the connection."),
        ("A firewall? Try --tunnel ngrok. Retrying in {again}.", "A firewall? Try --tunnel ngrok."),
        ("Next try in {again}. PiktID retries what it cannot deliver.", "PiktID retries what it cannot deliver."),
        ("Retrying in {again}; u tries now.", "u tries now."),
        ("Retrying in {again}.", ""),
    ],
)
def test_without_seconds_the_clause_is_left_out(hint: str, without: str) -> None:
    """And what stays is a sentence; a key stays the key that it is."""
    assert Problem("No.", hint).advice() == without
