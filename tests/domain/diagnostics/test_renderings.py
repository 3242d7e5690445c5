"""What programs print for a value that is not text, compared with the output of the programs themselves."""

from __future__ import annotations

import pytest

from webhook_tui.domain.diagnostics.renderings import printed
from webhook_tui.domain.payload.json_document import Document

BODY = b'{"id": 1, "ok": true, "no": null, "data": {"a": [1.5, "x"]}}'


def texts(body: bytes) -> dict[bytes, tuple[str, dict[str, str]]]:
    """Each printed text with the code and the values of its difference."""
    return {
        message.content: (message.differences[0].code, dict(message.differences[0].values))
        for message in printed(body, Document.parse(body, lambda: False))
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Python", b"{'id': 1, 'ok': True, 'no': None, 'data': {'a': [1.5, 'x']}}"),
        ("Go", b"map[data:map[a:[1.5 x]] id:1 no:<nil> ok:true]"),
        ("JavaScript", b"{ id: 1, ok: true, no: null, data: { a: [ 1.5, 'x' ] } }"),
        ("Ruby", b'{"id"=>1, "ok"=>true, "no"=>nil, "data"=>{"a"=>[1.5, "x"]}}'),
        ("Java", b"{id=1, ok=true, no=null, data={a=[1.5, x]}}"),
        ("PHP", b'a:4:{s:2:"id";i:1;s:2:"ok";b:1;s:2:"no";N;s:4:"data";a:1:{s:1:"a";a:2:{i:0;d:1.5;i:1;s:1:"x";}}}'),
    ],
)
def test_a_value_as_a_language_prints_it(language: str, text: bytes) -> None:
    code, values = texts(BODY)[text]

    assert (code, values["language"]) == ("body-printed", language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("JavaScript", b"<Buffer 68 e9>"),
        ("JavaScript", b'{"type":"Buffer","data":[104,233]}'),
        ("Go", b"[104 233]"),
        ("Java", b"[104, -23]"),
        (".NET", b"68-E9"),
    ],
)
def test_bytes_as_a_language_prints_them(language: str, text: bytes) -> None:
    assert texts(b"h\xe9")[text][1]["language"] == language


def test_the_fields_as_a_form() -> None:
    """As pairs, and nested in brackets as http_build_query of PHP writes them."""
    found = texts(BODY)

    assert found[b"id=1&ok=1&data%5Ba%5D%5B0%5D=1.5&data%5Ba%5D%5B1%5D=x"][0] == "form-of-fields"
    assert found[b"id=1&ok=true&no=null&data=%7B%22a%22%3A%5B1.5%2C%22x%22%5D%7D"][0] == "form-of-fields"


def test_words_that_are_printed_for_any_body_come_last() -> None:
    assert list(texts(BODY).values())[-1][0] == "word-for-body"
    assert texts(b"")[b"[object Object]"][1] == {"word": "[object Object]", "language": "JavaScript"}
