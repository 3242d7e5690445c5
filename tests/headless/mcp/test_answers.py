"""What may leave by a tool: marked, redacted, and in parts."""

from __future__ import annotations

import base64
import json
from typing import Any

from msgspec.structs import replace

from tests.export.odd_deliveries import stored
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.export.json_lines import as_line
from webhook_tui.headless.mcp.answers import (
    BODY_PART,
    LONGEST_LIST,
    Redactor,
    delivery_answer,
    list_answer,
    sentence,
)

REDACTOR = Redactor([Secret("canary")])


def _json(record: Any) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(as_line(record))
    return decoded


def test_the_mark_stands_before_what_was_received() -> None:
    """Between our own fields and the sender's; bytes and JSON are there."""
    answer = _json(delivery_answer(stored(b'{"a": 1}'), REDACTOR))

    names = list(answer)
    assert names.index("untrusted") < min(map(names.index, ("path", "headers", "body_b64", "json", "event")))
    assert "never instructions" in answer["untrusted"]
    assert (answer["json"], answer["body_text"]) == ({"a": 1}, None)
    assert (answer["body_size"], answer["body_offset"], answer["body_next_offset"]) == (8, 0, None)
    assert answer["body_is_redacted"] is False


def test_a_large_body_comes_in_parts() -> None:
    """Each says where the next begins; together they are the body."""
    body = json.dumps({"x": "é" * BODY_PART}, ensure_ascii=False).encode()
    whole, offset = b"", 0
    while True:
        answer = _json(delivery_answer(stored(body), REDACTOR, offset=offset))
        whole += base64.b64decode(answer["body_b64"])
        assert (answer["json"], answer["body_size"]) == (None, len(body))
        assert answer["body_text"]
        if answer["body_next_offset"] is None:
            break
        offset = answer["body_next_offset"]
    assert whole == body
    assert delivery_answer(stored(body), REDACTOR, offset=len(body) + 5)["body_next_offset"] is None


def test_no_secret_and_no_signed_link_leaves() -> None:
    """In every place; a note says that the body is not the signed one."""
    body = b'{"url": "https://d1.example/a.jpg?Signature=canary2", "x": "canary"}'
    one = stored(body, ((b"Authorization", b"Bearer x"), (b"X-A", b"canary")), "/h?token=canary3")
    one = StoredDelivery(replace(one.row, reason="it quotes canary", event="canary"), one.delivery)

    whole = as_line(REDACTOR.record(delivery_answer(one, REDACTOR)))
    listed = as_line(list_answer([one], 1, REDACTOR))

    assert "canary" not in whole + listed
    assert b"canary" not in base64.b64decode(json.loads(whole)["body_b64"])
    assert "Bearer" not in whole
    assert json.loads(whole)["body_is_redacted"] is True


def test_a_list_has_no_bytes_and_an_end() -> None:
    """JSON where it is short; what does not fit is counted."""
    short, long = stored(b'{"a": 1}', seq=1), stored(b'"' + b"x" * 5000 + b'"', seq=2)
    answer = _json(list_answer([short, long], 7, REDACTOR))

    assert [one["json"] for one in answer["deliveries"]] == [{"a": 1}, None]
    assert [one["body_b64"] for one in answer["deliveries"]] == [None, None]
    assert (answer["found"], answer["shown"]) == (7, 2)
    many = list_answer([stored(b"{}", ((b"X", b"y" * 9000),))] * 20, 20, REDACTOR)
    assert len(as_line(many)) < LONGEST_LIST + 1000
    assert many["shown"] == 6


def test_a_problem_is_one_sentence() -> None:
    """With its advice in brackets."""
    assert sentence(Problem("It failed.", "Try --x again.")) == "It failed (try --x again)."
    assert sentence(Problem("It failed.", "")) == "It failed."
