"""The delivery that `verify --delivery` reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.headless.signing.verify import header_value, read_delivery, read_request

LINE = json.dumps(
    {
        "type": "delivery",
        "received_at": "2026-11-23T14:20:00Z",
        "method": "POST",
        "path": "/h/1",
        "headers": [["X-Webhook-Event", "ping"]],
        "json": {"note": "one\u2028two"},
        "body_b64": "e30=",
    },
    ensure_ascii=False,
)


def test_other_programs_may_have_rewritten_the_lines(tmp_path: Path) -> None:
    """Blank lines, CRLF, a byte order mark, other records, and U+2028 as it is: jq writes it so."""
    file = tmp_path / "lines.ndjson"
    file.write_bytes(f'\ufeff{{"type":"ready"}}\r\n\r\n{LINE}\r\n'.encode())

    assert read_delivery(file).body == b"{}"


@pytest.mark.parametrize(
    "request_line", [b"POST /h/1?a=b HTTP/1.1\n", b""], ids=["as other tools show it", "headers and body alone"]
)
def test_a_request_pasted_from_another_tool_is_a_delivery(tmp_path: Path, request_line: bytes) -> None:
    """Lines end in LF after a clipboard; the newline that an editor appends is no part of the body."""
    file = tmp_path / "request.txt"
    file.write_bytes(request_line + b"Content-Length: 2\nX-Webhook-Signature: sha256=ab\n\n{}\n")

    delivery = read_delivery(file)

    assert (delivery.body, dict(delivery.headers)[b"X-Webhook-Signature"]) == (b"{}", b"sha256=ab")
    assert delivery.target == ("/h/1?a=b" if request_line else "/")


def test_bytes_after_the_stated_length_stay_in_the_body() -> None:
    """Only white space there comes from an editor."""
    request = read_request(b"Content-Length: 2\r\n\r\n{}x\n")

    assert request is not None
    assert request.body == b"{}x\n"


def test_a_length_that_no_body_has_is_passed_over() -> None:
    request = read_request(b"Content-Length: %s\r\n\r\n{}" % (b"9" * 5000))

    assert request is not None
    assert request.body == b"{}"


def test_a_signature_may_be_given_as_the_header_line() -> None:
    assert header_value("x-webhook-signature: sha256=ab") == "sha256=ab"
    assert header_value("sha256=ab") == "sha256=ab"
    assert header_value(None) is None


def test_a_file_without_a_delivery_is_a_usage_error(tmp_path: Path) -> None:
    """The message names the file and what it should hold."""
    file = tmp_path / "lines.ndjson"
    file.write_text('{"type":"ready"}\n')

    with pytest.raises(ProblemError) as raised:
        read_delivery(file)

    assert raised.value.problem.message == f"{file} contains no delivery."
    assert raised.value.problem.exit_code == 2


def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    """The message says why, not that it holds no delivery."""
    with pytest.raises(ProblemError) as raised:
        read_delivery(tmp_path / "absent")

    assert raised.value.problem.message == f"{tmp_path / 'absent'} cannot be read: No such file or directory."
    assert raised.value.problem.exit_code == 2
