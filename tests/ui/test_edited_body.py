"""What the editor opens, and which body its text becomes."""

from __future__ import annotations

import pytest

from webhook_tui.ui.edited_body import EditableBody, indent_of

OPENED = b'{\n  "a": 1e3,\n  "b": [\n    2\n  ]\n}\n'


@pytest.mark.parametrize(
    ("body", "indent"),
    [
        (b'{"a":1e3,"b":[2]}', -1),
        (b'{"a": 1e3, "b": [2]}', 0),
        (b'{\n  "a": 1e3,\n  "b": [\n    2\n  ]\n}', 2),
        (b'{\n    "a": 1e3,\n    "b": [\n        2\n    ]\n}', 4),
        (b'{ "a":1e3,"b":[2] }', None),
        (b'{"a": ', None),
        (b"[\n " * 100_000, None),
    ],
)
def test_how_a_body_is_laid_out(body: bytes, indent: int | None) -> None:
    """As its sender wrote it."""
    assert indent_of(body) == indent


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n "])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    "body", [b'{"a":1e3,"b":[2]}', b'{"a": 1e3, "b": [2]}', b'{\n    "a": 1e3,\n    "b": [\n        2\n    ]\n}']
)
def test_what_is_not_edited_stays_as_it_was(body: bytes, mark: bytes, ending: bytes) -> None:
    """Spacing, numbers, byte order mark and what follows the JSON."""
    editable = EditableBody.of(mark + body + ending, indented=True)
    assert editable.text == OPENED
    assert editable.edited(OPENED + b"\n") == mark + body + ending
    assert editable.edited(OPENED.replace(b"2", b"3")) == mark + body.replace(b"2", b"3") + ending


def test_spacing_of_no_kind_is_not_made_up() -> None:
    """What is sent is what the editor left, without the newline at its end."""
    body = b'{ "a":1e3,"b":[2] }'
    editable = EditableBody.of(body, indented=True)
    assert editable.text == OPENED
    assert editable.edited(OPENED) == body
    assert editable.edited(OPENED.replace(b"2", b"3")) == OPENED.replace(b"2", b"3").removesuffix(b"\n")


def test_what_is_no_json_any_more_is_sent_as_it_is() -> None:
    """Byte for byte."""
    assert EditableBody.of(b'{"a":1}', indented=True).edited(b'{\n  "a": \n') == b'{\n  "a": '


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"a=1", b"[" * 20_000, b'{"a":1}' + b" " * 1_048_576])
def test_what_cannot_be_indented_is_opened_as_it_is(body: bytes) -> None:
    """And comes back as it was, with or without a newline of the editor."""
    editable = EditableBody.of(body, indented=True)
    assert editable.text == body
    assert editable.edited(body) == editable.edited(body + b"\n") == body


def test_exact_bytes() -> None:
    """Every byte counts but the newline that the editor adds; one that was there and is not any more was deleted."""
    editable = EditableBody.of(b'{"a":1}', indented=False)
    assert editable.text == b'{"a":1}'
    assert editable.edited(b'{"a": 1}\n') == b'{"a": 1}'
    assert EditableBody.of(b"1\n", indented=False).edited(b"1") == b"1"
