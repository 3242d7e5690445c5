"""A JSON string as other languages write it again: from decoded text to a quoted lexeme."""

from __future__ import annotations

import re
from collections.abc import Callable
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import TypeAlias

Escape: TypeAlias = Callable[[str], str]

_LONE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"\\u00[01][0-9a-f]")
_SHORT_CONTROL = re.compile(r"\\[bf]")
_LONG = {"\\b": "\\u0008", "\\f": "\\u000c"}


def ascii_escaped(text: str) -> str:
    """Python's default: everything but printable ASCII as `\\uXXXX`."""
    return encode_basestring_ascii(text)


def utf8(text: str) -> str:
    """Characters as they are (`ensure_ascii=False`)."""
    return encode_basestring(text)


def escaping(
    characters: str, base: Escape = utf8, *, upper: bool = False, slash: bool = False, lone: str = "\\g<0>"
) -> Escape:
    """A writer that escapes `characters` (a class of a regular expression) as `\\uXXXX` besides what `base` does.

    `slash`: `/` as `\\/`; `lone`: what becomes of half a surrogate pair.
    """
    pattern = re.compile(f"[{characters}]") if characters else None

    def escape(text: str) -> str:
        written = base(_LONE.sub(lone, text) if lone != "\\g<0>" else text)
        if pattern is not None:
            written = pattern.sub(_upper if upper else _lower, written)
        if upper:
            written = _CONTROL.sub(lambda match: "\\u" + match[0][2:].upper(), written)
        return written.replace("/", "\\/") if slash else written

    return escape


class LexemeEscape:
    """Changes a quoted lexeme as it stands, without reading it."""

    def __init__(self, characters: str) -> None:
        self._pattern = re.compile(f"[{characters}]")

    def __call__(self, lexeme: str) -> str:
        """The lexeme with those characters as `\\uXXXX`."""
        return self._pattern.sub(_lower, lexeme)


def _lower(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _upper(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04X}"


def php_ascii(text: str) -> str:
    """As Python's, but DEL stays as it is."""
    return encode_basestring_ascii(text).replace("\\u007f", "\x7f") if "\x7f" in text else encode_basestring_ascii(text)


def php_hex(base: Escape) -> Escape:
    """`JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT`, each in upper case."""
    tags = escaping("<>&'", base, upper=False)

    def escape(text: str) -> str:
        inner = tags(text)[1:-1].replace('\\"', "\\u0022")
        return '"' + re.sub(r"\\u00(3c|3e|26|27)", lambda match: match[0].upper().replace("U", "u"), inner) + '"'

    return escape


def long_controls(base: Escape) -> Escape:
    """Go before 1.22: no `\\b` and `\\f`."""
    return lambda text: _SHORT_CONTROL.sub(lambda match: _LONG[match[0]], base(text))


_DOTNET = re.compile(r"""[^ !#-%(-*,-;=?-\[\]-_a-~\\]""")
_DOTNET_SHORT = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def dotnet(text: str) -> str:
    """System.Text.Json's default: all but a safe part of ASCII escaped, in upper-case digits."""
    return '"' + _DOTNET.sub(_dotnet_escape, text.replace("\\", "\\\\")) + '"'


def _dotnet_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _DOTNET_SHORT:
        return _DOTNET_SHORT[character]
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04X}" for at in range(0, len(units), 2))


javascript = escaping("\ud800-\udfff")
php = escaping("", php_ascii, slash=True)
php_unescaped_slashes = php_ascii
php_unescaped_both = escaping("\u2028\u2029")
php_unescaped_unicode = escaping("\u2028\u2029", slash=True)
go = escaping("<>&\u2028\u2029", lone="\ufffd")
go_raw = LexemeEscape("<>&\u2028\u2029")
go_plain = escaping("\u2028\u2029", lone="\ufffd")
dotnet_relaxed = escaping("\x7f-\xa0\u2028\u2029", upper=True)
newtonsoft = escaping("\x85\u2028\u2029")
jackson = escaping("", upper=True)
gson = escaping("<>&='\u2028\u2029")
gson_plain = escaping("\u2028\u2029")
org_json = escaping("\x80-\x9f\u2000-\u20ff")
rails = escaping("<>&\u2028\u2029")
slashed = escaping("", slash=True)
jq = escaping("\x7f")
jq_ascii = ascii_escaped
