"""Variants of a body as bytes: each of them is the other side of a change that programs make."""

from __future__ import annotations

import base64
import hashlib

import pytest

from webhook_tui.domain.diagnostics.payloads import bodies


@pytest.mark.parametrize(
    ("body", "signed", "code"),
    [
        (b"{}\n", b"{}", "trailing-newline"),
        (b"{}", b"{}\n", "missing-newline"),
        (b" {} ", b"{}", "surrounding-blanks"),
        (b"a\r\nb", b"a\nb", "crlf-to-lf"),
        (b"a\nb", b"a\r\nb", "lf-to-crlf"),
        (b"a\nb", b"ab", "lines-joined"),
        (b"\xef\xbb\xbf{}", b"{}", "bom-added"),
        (b"{}", b"", "empty-body"),
        (b"x" * 600, b"x" * 512, "body-cut"),
        (b"x" * 600, b"x" * 88, "body-last-buffer"),
        ("aéa".encode(), "aé".encode(), "body-characters"),
        (b"{}{}", b"{}", "body-doubled"),
        (b'{"a": [{"b": "c', b'{"a": [{"b": "c"}]}', "end-lost"),
        (b'{"a": 1', b'{"a": 1}', "last-byte-lost"),
        (b"{}", hashlib.sha256(b"{}").hexdigest().encode(), "hash-signed"),
        ("é".encode(), b"\xe9", "utf8-to-latin1"),
        (b"\xe9", "é".encode(), "utf8-sent-otherwise"),
        ("Ã©".encode(), "é".encode(), "body-sent-encoded-twice"),
        (b"{}", "{}".encode("utf-16-le"), "utf16"),
        (b'{"a": 1}', b"payload=%7B%22a%22%3A+1%7D", "form-encoded"),
        (b"{}", base64.b64encode(b"{}"), "body-base64"),
        (b'{"a"}', b'"{\\"a\\"}"', "json-string-signed"),
        (b"a+b%20c", b"a b c", "form-decoded"),
        (b"<a>", b"&lt;a&gt;", "html-unescaped"),
    ],
)
def test_a_variant_and_its_code(body: bytes, signed: bytes, code: str) -> None:
    assert (signed, code) in [(message.content, message.differences[0].code) for message in bodies(body)]


def test_a_large_body_is_not_encoded_in_other_ways() -> None:
    """It would cost as much memory for each of them."""
    codes = {message.differences[0].code for message in bodies(b"x" * 2_000_000)}

    assert "missing-newline" in codes
    assert not codes & {"body-twice", "body-base64", "utf16", "last-byte-lost"}
