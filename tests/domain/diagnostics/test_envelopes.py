"""What may have been signed besides the body: times, ids, the URL, headers, one field."""

from __future__ import annotations

import pytest

from tests.factories import delivery
from webhook_tui.domain.diagnostics.envelopes import enveloped
from webhook_tui.domain.payload.json_document import Document

BODY = b'{"id": 7, "data": {"a": 1}, "timestamp": 1795443602.418}'
SENT = delivery(BODY, target="/h?a=1", headers=((b"Host", b"example.com"), (b"webhook-id", b"msg_1")))
MESSAGES = {
    message.content: message.differences[0].code for message in enveloped(SENT, Document.parse(BODY, lambda: False))
}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"1795443602.418." + BODY, "timestamp"),
        (b"1795443602." + BODY, "timestamp"),
        (b"1795443602418." + BODY, "timestamp"),
        (b"msg_1.1795443602." + BODY, "id-timestamp"),
        (b"https://example.com/h?a=1", "url"),
        (b"/h" + BODY, "url-body"),
        (b"POST\n/h?a=1\n" + BODY, "url-body"),
        (b"example.com." + BODY, "headers-body"),
        (b'{"a":1}', "only-data"),
        (b"7", "only-id"),
    ],
)
def test_a_part_of_the_request(content: bytes, code: str) -> None:
    assert MESSAGES[content] == code


def test_a_body_that_is_no_json_has_no_fields_to_take() -> None:
    codes = {message.differences[0].code for message in enveloped(delivery(b"text"), None)}

    assert not {code for code in codes if code.startswith("only-")}
