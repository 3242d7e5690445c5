"""Samples are short and hold no credentials."""

from __future__ import annotations

import json

import pytest

from webhook_tui.domain.contract.samples import is_secret, kept, sample


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("look-1.jpg", '"look-1.jpg"'),
        ('a "b"\n', '"a \\"b\\"\\n"'),
        (0.25, "0.25"),
        (True, "true"),
        (None, "null"),
        ({}, "{}"),
        ({"a": 1}, "{…}"),
        ([], "[]"),
        ([1], "[…]"),
        (10**30, "…"),
        ("x" * 81, f'"{"x" * 80}…"'),
        ("https://x.example/a?Signature=abc&v=1", '"https://x.example/a?Signature=REDACTED&v=1"'),
        (
            "https://x.example/a?X-Amz-Signature=abc&token=t#f",
            '"https://x.example/a?X-Amz-Signature=REDACTED&token=REDACTED#f"',
        ),
        ("\ud800", '"\ufffd"'),
    ],
)
def test_a_value_as_text(value: object, text: str) -> None:
    """JSON, cut where it is long."""
    assert sample(kept(value), "field") == text


@pytest.mark.parametrize("name", ["token", "apiKey", "client_secret", "accessToken", "password"])
def test_a_credential_is_blanked(name: str) -> None:
    """By the name of its field."""
    assert is_secret(name)
    assert json.loads(sample(kept("hunter2"), name)) == "…"


@pytest.mark.parametrize("name", ["tokens_used", "secretary", "status"])
def test_what_is_no_credential(name: str) -> None:
    """Names that only look like one."""
    assert not is_secret(name)
