"""Types and formats of values."""

from __future__ import annotations

import json

import pytest

from webhook_tui.domain.contract.json_types import JsonType, formats_of, json_type


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", JsonType.INTEGER),
        ("1.0", JsonType.NUMBER),
        ("1e3", JsonType.NUMBER),
        ("true", JsonType.BOOLEAN),
        ("null", JsonType.NULL),
        ('"1"', JsonType.STRING),
        ("[]", JsonType.ARRAY),
        ("{}", JsonType.OBJECT),
    ],
)
def test_the_type_of_a_value(text: str, kind: JsonType) -> None:
    """Integers and other numbers are apart, and true is no number."""
    assert json_type(json.loads(text)) is kind


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2026-11-28T10:00:00Z", ("date-time",)),
        ("2026-11-28t10:00:00.123456+01:00", ("date-time",)),
        ("2026-11-28 10:00:00", ()),
        ("2026-11-28", ()),
        ("2026-13-28T10:00:00Z", ()),
        ("https://cdn.example.com/a%20b.png?x=1#y", ("uri",)),
        ("https://cdn.example.com/a b.png", ()),
        ("https://cdn.example.com/%zz", ()),
        ("mailto:ada@example.com", ()),
        ("0b5ad64a-9f8c-4f0e-8a1f-8a2d3c4b5e6f", ("uuid",)),
        ("0b5ad64a9f8c4f0e8a1f8a2d3c4b5e6f", ()),
        ("https://" + "a" * 2000, ()),
        ("", ()),
    ],
)
def test_only_sure_formats(text: str, formats: tuple[str, ...]) -> None:
    """The whole text has to have it."""
    assert formats_of(text) == formats
