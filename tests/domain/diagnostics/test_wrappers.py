"""Bodies that were wrapped on the way hold what was signed."""

from __future__ import annotations

import base64
import gzip
import json
import warnings
import zlib

import pytest

from webhook_tui.domain.diagnostics.wrappers import LARGEST_UNPACKED, unwrapped
from webhook_tui.domain.payload.json_document import Document, ExpiredError

INNER = b'{"id": 1, "name": "ping"}'
TEXT = INNER.decode()


def inside(body: bytes) -> list[tuple[bytes, str]]:
    """What a body holds, and the code of how it is wrapped."""
    document = Document.parse(body, lambda: False)
    return [(inner.content, inner.differences[0].code) for inner in unwrapped(body, document, lambda: False)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (gzip.compress(INNER, mtime=0), "decompressed"),
        (zlib.compress(INNER), "decompressed"),
        (zlib.compress(INNER)[2:-4], "decompressed"),
        (json.dumps(TEXT).encode(), "json-string"),
        (json.dumps({"Records": [{"body": TEXT}]}).encode(), "wrapped"),
        (json.dumps({"body": {"id": 1, "name": "ping"}}).encode(), "wrapped-object"),
        (json.dumps({"body": base64.b64encode(INNER).decode()}).encode(), "wrapped-base64"),
        (base64.b64encode(INNER), "body-from-base64"),
        (INNER.hex().encode(), "body-from-hex"),
        (b"{&quot;id&quot;: 1, &quot;name&quot;: &quot;ping&quot;}", "html-escaped"),
        (",".join(map(str, INNER)).encode(), "body-from-numbers"),
        (json.dumps({"type": "Buffer", "data": list(INNER)}, separators=(",", ":")).encode(), "body-from-numbers"),
        (str(INNER).encode(), "body-from-python"),
        (b'{"id"=>1, "name"=>"ping"}', "body-from-ruby"),
        (b"payload=%7B%22id%22%3A+1%2C+%22name%22%3A+%22ping%22%7D&x=1", "form-field"),
        (b"--x\r\nContent-Type: text/plain\r\n\r\n" + INNER + b"\r\n--x--\r\n", "multipart"),
        (b"%x\r\n%b\r\n0\r\n\r\n" % (len(INNER), INNER), "chunk-framing"),
    ],
)
def test_a_wrapper(body: bytes, code: str) -> None:
    assert (INNER, code) in inside(body)


def test_python_says_nothing_of_a_body_that_is_none_of_its_texts() -> None:
    """It would write the body's bytes to standard error."""
    with warnings.catch_warnings(record=True, action="always") as warned:
        inside(b"{'a': '\\\x1b'}")

    assert warned == []


def test_what_unpacks_beyond_the_bound_is_left_alone() -> None:
    assert all(code != "decompressed" for _, code in inside(gzip.compress(bytes(LARGEST_UNPACKED + 1), mtime=0)))
    assert all(code != "decompressed" for _, code in inside(gzip.compress(INNER, mtime=0)[:-4]))


def test_the_time_limit_ends_unpacking() -> None:
    with pytest.raises(ExpiredError):
        list(unwrapped(gzip.compress(INNER, mtime=0), None, lambda: True))
