"""The delivery that `verify --delivery` reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.headless.signing.verify import read_delivery

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


def test_a_file_without_a_delivery_is_a_usage_error(tmp_path: Path) -> None:
    """The message names the file and what it should hold."""
    file = tmp_path / "lines.ndjson"
    file.write_text('{"type":"ready"}\n')

    with pytest.raises(ProblemError) as raised:
        read_delivery(file)

    assert raised.value.problem.message == f"{file} contains no delivery."
    assert raised.value.problem.exit_code == 2
