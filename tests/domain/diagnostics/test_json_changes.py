"""The differences between the JSON that was signed and the JSON that was received, by name."""

from __future__ import annotations

import pytest

from webhook_tui.domain.diagnostics.json_changes import json_changes


@pytest.mark.parametrize(
    ("signed", "received", "codes"),
    [
        (b'{"a":1}', b'{"a": 1}', ["json-compact"]),
        (b'{"a": 1, "b": 2}', b'{"a":1,"b":2}', ["json-spaced"]),
        (b'{\n  "a": 1\n}', b'{"a": 1}', ["json-indent-2"]),
        (b'{"a": 1}\n', b'{"a": 1}', ["json-newline"]),
        (b'{"a": 1, "b": 2}', b'{"b": 2, "a": 1}', ["json-sorted"]),
        (b'{"b": 2, "a": 1, "c": 3}', b'{"c": 3, "b": 2, "a": 1}', ["json-order"]),
        (b'{"a": 1.0}', b'{"a": 1}', ["json-numbers"]),
        (b'{"a": 1}', b'{"a": "1"}', ["json-types"]),
        (b'{"a": 1}', b'{"a": 2}', ["json-values"]),
        (b'{"a": "x"}', b'{"a": "x "}', ["json-trimmed"]),
        (b'{"a": null}', b'{"a": ""}', ["json-empty-null"]),
        (b'{"a": []}', b'{"a": {}}', ["json-empty-array"]),
        (b'{"a": "\\u00e9"}', '{"a": "é"}'.encode(), ["json-ascii"]),
        ('{"a": "é"}'.encode(), b'{"a": "\\u00e9"}', ["json-utf8"]),
        (b'{"a": "\\/"}', b'{"a": "/"}', ["json-escapes"]),
        (b'{"a_b": 1}', b'{"aB": 1}', ["json-key-case"]),
        (b'{"a": 1}', b'{"a": 1, "b": null}', ["json-nulls"]),
        (b'{"a": 1, "b": 2}', b'{"a": 1}', ["json-field-lost"]),
        (b'{"a": 2}', b'{"a": 1, "a": 2}', ["json-duplicate-keys"]),
        (b'{"b":2.0,"a":1}', b'{"a": 1, "b": 2}', ["json-unsorted", "json-numbers", "json-compact"]),
    ],
)
def test_each_difference_has_a_code(signed: bytes, received: bytes, codes: list[str]) -> None:
    """Fields first, then values, then white space."""
    assert [one.code for one in json_changes(signed, received)] == codes


def test_the_advice_names_the_side_in_piktids_own_form() -> None:
    documented, other = b'{"a": 1}', b'{"a":1}'

    assert json_changes(documented, other)[0].advice == "piktid-signed"
    assert json_changes(other, documented)[0].advice == "piktid-received"


@pytest.mark.parametrize(("signed", "received"), [(b"{}", b"{}"), (b"{", b"{}"), (b"{}", b"text")])
def test_without_two_different_documents_there_are_none(signed: bytes, received: bytes) -> None:
    assert json_changes(signed, received) == ()
