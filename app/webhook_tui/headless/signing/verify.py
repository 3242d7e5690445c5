"""What `webhook-tui verify` does: verifies one signature offline, with the explanation of the screen."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http.client import HTTPException, parse_headers
from pathlib import Path
from typing import BinaryIO

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verification import Verification, as_json, as_text, verify, verify_delivery
from webhook_tui.errors import unreadable
from webhook_tui.export.json_lines import delivery_from
from webhook_tui.headless import messages
from webhook_tui.headless.text_style import print_note

_REQUEST_LINE = re.compile(rb"([A-Z]+) (\S+) HTTP/\d(?:\.\d)?\r?\n")
_HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*: ?[^\r\n]*\r?\n")


def run(
    secrets: Sequence[Secret],
    signature: str | None,
    delivery: Path | None,
    body: BinaryIO,
    *,
    output: str,
    seconds: float,
) -> int:
    """Verify, print the outcome, and return the exit code: 0 valid (or older), 1 not.

    `seconds`: time limit of the search for a cause.
    """
    verification = _checked(secrets, signature, delivery, body, seconds)
    sys.stdout.write(f"{as_json(verification) if output == 'json' else as_text(verification)}\n")
    return ExitCode.OK if verification.is_good else ExitCode.FAILURE


def header_value(signature: str | None) -> str | None:
    """Return the value of a header that may be given as a whole line, `X-Webhook-Signature: sha256=...`."""
    return None if signature is None else re.sub(r"(?i)^x-webhook-signature:\s*", "", signature)


def _checked(
    secrets: Sequence[Secret], signature: str | None, delivery: Path | None, body: BinaryIO, seconds: float
) -> Verification:
    if delivery is not None:
        return verify_delivery(read_delivery(delivery), secrets, clock=time.monotonic, seconds=seconds)
    return verify(secrets, signature, _read(body), clock=time.monotonic, seconds=seconds)


def _read(stream: BinaryIO) -> bytes:
    """Read to the end; from a terminal without the newline that ends its last line."""
    if not stream.isatty():
        return stream.read()
    print_note("Paste it here. ctrl+d on a new line ends it.")
    return stream.read().removesuffix(b"\n")


def read_delivery(path: Path) -> Delivery:
    """Return the first delivery in the output of `listen --format json`, or an HTTP request; - is standard input.

    Raises ProblemError (usage) when there is none, or the file cannot be read.
    """
    try:
        content = _read(sys.stdin.buffer) if str(path) == "-" else path.read_bytes()
        if (request := read_request(content)) is not None:
            return request
        text = content.decode("utf-8")
    except OSError as error:
        raise ProblemError(unreadable(path, error.strerror)) from error
    except UnicodeDecodeError as error:
        raise ProblemError(messages.nothing_to_verify(path)) from error
    for line in filter(str.strip, text.removeprefix("\ufeff").split("\n")):
        try:
            record = json.loads(line)
            if record.get("type") == "delivery":
                return delivery_from(record)
        except (ValueError, AttributeError, RecursionError) as error:
            raise ProblemError(messages.nothing_to_verify(path)) from error
    raise ProblemError(messages.nothing_to_verify(path))


def read_request(content: bytes) -> Delivery | None:
    """Return the HTTP request (RFC 9112) that is pasted from another tool; None: the text does not start as one.

    The request line may be missing, and lines may end in LF. Only as much of the body counts as Content-Length says, so
    that a newline which an editor appended does not.
    """
    lines = io.BytesIO(content)
    if (start := _REQUEST_LINE.match(content)) is not None:
        lines.seek(start.end())
    elif _HEADER_LINE.match(content) is None:
        return None
    try:
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in parse_headers(lines).items()]
    except HTTPException:
        return None
    body = lines.read()
    length = next((value for name, value in headers if name.lower() == b"content-length"), b"")
    # Python converts no more than 4,300 digits.
    if length.isdigit() and len(length) < 20 and int(length) < len(body) and not body[int(length) :].strip():
        body = body[: int(length)]
    method, target = (start[1].decode(), start[2].decode("latin-1")) if start else ("POST", "/")
    return Delivery(datetime.now(UTC), method, target, tuple(headers), body)
