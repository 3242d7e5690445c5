"""A JSON string as other languages write it again: from decoded text to a quoted lexeme."""

from __future__ import annotations

import re
from collections.abc import Callable
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import TypeAlias

Escape: TypeAlias = Callable[[str], str]

_LONE = re.compile("[\ud800-\udfff]")
_GO = re.compile("[<>&\u2028\u2029]")
_SEPARATORS = re.compile("[\u2028\u2029]")
_DOTNET = re.compile(r"""[^ !#-%(-*,-;=?-\[\]-_a-~\\]""")
_DOTNET_SHORT = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def ascii_escaped(text: str) -> str:
    """Python's default: everything but printable ASCII as `\\uXXXX`."""
    return encode_basestring_ascii(text)


def utf8(text: str) -> str:
    """Characters as they are (`ensure_ascii=False`)."""
    return encode_basestring(text)


def javascript(text: str) -> str:
    """`JSON.stringify`: characters as they are, lone surrogates escaped."""
    return _LONE.sub(_escape, encode_basestring(text))


def php(text: str) -> str:
    """`json_encode` without flags: `\\/` and `\\uXXXX`."""
    return php_unescaped_slashes(text).replace("/", "\\/")


def php_unescaped_slashes(text: str) -> str:
    """`JSON_UNESCAPED_SLASHES`. Unlike Python, PHP leaves DEL as it is."""
    if "\x7f" not in text:
        return encode_basestring_ascii(text)
    return '"' + "\x7f".join(encode_basestring_ascii(part)[1:-1] for part in text.split("\x7f")) + '"'


def php_unescaped_unicode(text: str) -> str:
    """`JSON_UNESCAPED_UNICODE`: characters as they are, the two line separators and slashes escaped."""
    return php_unescaped_both(text).replace("/", "\\/")


def php_unescaped_both(text: str) -> str:
    """`JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE`."""
    return _SEPARATORS.sub(_escape, encode_basestring(text))


def go(text: str) -> str:
    """Go's default: `<`, `>` and `&` escaped; lone surrogates were replaced while reading."""
    return _GO.sub(_escape, encode_basestring(_LONE.sub("\ufffd", text)))


def dotnet(text: str) -> str:
    """System.Text.Json's default: all but a safe part of ASCII escaped, in upper-case digits."""
    return '"' + _DOTNET.sub(_dotnet_escape, text.replace("\\", "\\\\")) + '"'


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _dotnet_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _DOTNET_SHORT:
        return _DOTNET_SHORT[character]
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04X}" for at in range(0, len(units), 2))
