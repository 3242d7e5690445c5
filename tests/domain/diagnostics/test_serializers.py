"""The same JSON as other programs serialize it: each text once, the likeliest first, and with fields changed."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from webhook_tui.domain.diagnostics.lexemes import escape_ascii, escape_utf8
from webhook_tui.domain.diagnostics.serializers import PIKTID, SPACED, Style, reshaped, rewritten
from webhook_tui.domain.payload.json_document import Document, Order

BODY = b'{"id":1,"name":"caf\xc3\xa9","data":{"b":null,"a":1.0,"u":"<\\/"},"timestamp":1795443602}'

JACKSON = """{
  "id" : 1,
  "name" : "café",
  "data" : {
    "b" : null,
    "a" : 1.0,
    "u" : "</"
  },
  "timestamp" : 1795443602
}"""


def document(body: bytes = BODY) -> Document:
    """The document in a body."""
    found = Document.parse(body, lambda: False)
    assert found is not None
    return found


def test_the_first_style_is_piktids_own() -> None:
    """json.dumps of Python with its defaults."""
    contents = [message.content for message in rewritten(document(), BODY)]

    assert contents[0] == json.dumps(json.loads(BODY)).encode()
    assert document().written(PIKTID.order, PIKTID.layout, PIKTID.escape, PIKTID.numbers) == contents[0]


def test_styles_that_write_the_same_are_written_once() -> None:
    """Without text outside ASCII, an escape of it changes nothing; a newline after it is another text."""
    plain = b'{"a": 1}'
    escaped, unescaped = (Style(Order.UNIQUE, SPACED, escape) for escape in (escape_ascii, escape_utf8))
    ended = replace(unescaped, newline=True)

    contents = [message.content for message in rewritten(document(plain), plain, [escaped, unescaped, ended, ended])]

    assert contents == [plain, plain + b"\n"]


@pytest.mark.parametrize(
    "text",
    [
        '{"id":1,"name":"café","data":{"b":null,"a":1,"u":"</"},"timestamp":1795443602}',
        '{"id":1,"name":"caf\\u00e9","data":{"b":null,"a":1.0,"u":"<\\/"},"timestamp":1795443602}',
        '{"data":{"a":1,"b":null,"u":"\\u003c/"},"id":1,"name":"café","timestamp":1795443602}\n',
        JACKSON,
    ],
    ids=["JavaScript", "PHP", "Go", "Jackson"],
)
def test_a_language_writes_it(text: str) -> None:
    assert text.encode() in [message.content for message in rewritten(document(), BODY)]


@pytest.mark.parametrize(
    "text",
    [
        '{"id": 1, "name": "caf\\u00e9", "data": {"a": 1.0, "u": "</"}, "timestamp": 1795443602}',
        '{"id": 1, "name": "caf\\u00e9", "data": {"b": null, "a": 1.0, "u": "</"}, "timestamp": 1795443602.0}',
        '{"id": 1, "name": "caf\\u00e9", "timestamp": 1795443602}',
        '{"Id": 1, "Name": "caf\\u00e9", "Data": {"B": null, "A": 1.0, "U": "</"}, "Timestamp": 1795443602}',
    ],
    ids=["without nulls", "a float for a time", "without a field", "capital letters"],
)
def test_a_framework_changes_it(text: str) -> None:
    assert text.encode() in [message.content for message in reshaped(document(), BODY)]


def test_only_a_small_object_is_changed() -> None:
    """An array has no fields, and a large body would have too many forms."""
    large = b'{"a": "' + b"x" * 70_000 + b'"}'

    assert list(reshaped(document(b"[1]"), b"[1]")) == []
    assert list(reshaped(document(large), large)) == []
