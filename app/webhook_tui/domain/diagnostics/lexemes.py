"""JSON strings and numbers as the serializers of other languages write them after parsing.

The `escape_*` functions take decoded text and return a quoted lexeme; the `number_*` functions take and return lexemes.
"""

from __future__ import annotations

import math
import re
from json.encoder import encode_basestring, encode_basestring_ascii

from webhook_tui.domain.payload.json_document import LexemeEscape, Spelling

_EXACT_DIGITS = 15
_INT64 = range(-(2**63), 2**63)
_MOST_ZEROS = 400


def _is_integer(lexeme: str) -> bool:
    return lexeme.removeprefix("-").isdigit()


def _double(lexeme: str, plain: tuple[int, int], exponent: str, *, whole: str = ".0") -> str:
    """Write a number with the shortest digits that read back as the same double.

    `plain`: the range of powers of ten (exclusive, inclusive) that are written without an exponent. `exponent`: a
    format of the first digit `d`, the others as `f` (with a point, or empty) or `z` (with a point, at least `.0`), and
    the exponent `e`. `whole`: follows a number without a fraction.
    """
    value = float(lexeme)
    if not math.isfinite(value):
        return lexeme
    sign, digits, point = _shortest(value)
    if not digits:
        return f"{sign}0{whole}"
    if plain[0] < point <= plain[1]:
        text = _positional(digits, point)
        return sign + (text if "." in text else text + whole)
    rest = digits[1:]
    return sign + exponent.format(d=digits[0], f=f".{rest}" if rest else "", z=f".{rest or 0}", e=point - 1)


def _shortest(value: float) -> tuple[str, str, int]:
    """Return sign, significant digits (none for zero), and n so that the value is 0.DIGITS times ten to the n."""
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0)
    if not whole.strip("0"):
        point = int(exponent or 0) - (len(fraction) - len(fraction.lstrip("0")))
    return sign, digits.rstrip("0"), point


def _positional(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    if len(digits) <= point:
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"


def number_python(lexeme: str) -> str:
    """`json.dumps` of Python: integers of any size stay, floats are the shortest `repr`."""
    if _is_integer(lexeme):
        return "0" if lexeme == "-0" else lexeme
    value = float(lexeme)
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN" if math.isnan(value) else repr(value)


def number_javascript(lexeme: str) -> str:
    """`JSON.stringify`: every number is a double, `1.0` becomes `1` (ECMA-262, Number::toString)."""
    written = number_go(lexeme)
    return "0" if written == "-0" else "null" if written == lexeme and math.isinf(float(lexeme)) else written


def number_go(lexeme: str) -> str:
    """Go's encoding/json after reading into `any`: as JavaScript, but minus zero keeps its sign."""
    if len(lexeme) <= _EXACT_DIGITS and lexeme.isdigit():
        return lexeme
    return _double(lexeme, (-6, 21), "{d}{f}e{e:+d}", whole="")


def number_php(lexeme: str) -> str:
    """`json_encode` of PHP 7.1 and later (serialize_precision -1): `1.0` becomes `1`, exponents read `1.0e+25`."""
    if _is_integer(lexeme) and len(lexeme) <= 20 and int(lexeme) in _INT64:
        return lexeme
    return _double(lexeme, (-4, 17), "{d}{z}e{e:+d}", whole="")


def number_php_fraction(lexeme: str) -> str:
    """`JSON_PRESERVE_ZERO_FRACTION` of PHP: `1.0` stays."""
    written = number_php(lexeme)
    return f"{written}.0" if _is_integer(written) and not _is_integer(lexeme) else written


def _rewriting(plain: tuple[int, int], exponent: str, *, of_integers: bool = False) -> Spelling:
    """Return a style of `_double`. `of_integers`: integers are read as doubles, too; else they stay."""
    return lambda lexeme: lexeme if _is_integer(lexeme) and not of_integers else _double(lexeme, plain, exponent)


number_java = _rewriting((-3, 7), "{d}{z}E{e}")
"""Jackson and org.json: as `Double.toString` writes them, `1.795826357459E9`."""
number_gson = _rewriting((-3, 7), "{d}{z}E{e}", of_integers=True)
"""Gson after reading into a Map."""
number_ruby = _rewriting((-4, 16), "{d}{z}e{e:+03d}")
"""Ruby: `1e25` becomes `1.0e+25`."""
number_rust = _rewriting((-4, 16), "{d}{f}e{e}")
"""serde_json: `1e25` stays, `1.0` keeps its zero."""
number_dotnet = _rewriting((-4, 15), "{d}{f}E{e:+03d}")
"""Newtonsoft.Json: doubles keep `.0`, exponents read `1E+25`."""


def number_dotnet_double(lexeme: str) -> str:
    """System.Text.Json after reading into a double: `1.0` becomes `1`, exponents read `1E+25`."""
    return number_dotnet(lexeme).removesuffix(".0")


def number_jq(lexeme: str) -> str:
    """jq 1.6: every number is a double, `1.0` becomes `1`, exponents have two digits."""
    value = float(lexeme)
    if not math.isfinite(value):
        return "1.7976931348623157e+308" if value > 0 else "-1.7976931348623157e+308"
    return repr(value).removesuffix(".0")


def number_perl(lexeme: str) -> str:
    """Perl: at most 15 significant digits."""
    return lexeme if _is_integer(lexeme) else f"{float(lexeme):.15g}"


def number_postgresql(lexeme: str) -> str:
    """PostgreSQL's jsonb: exponents are written out, trailing zeros stay."""
    mantissa, _, exponent = lexeme.lower().partition("e")
    if not exponent or len(exponent) > _EXACT_DIGITS or abs(int(exponent)) > _MOST_ZEROS:
        return lexeme
    sign, mantissa = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent)
    digits = (whole + fraction).ljust(max(point, 0), "0")
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole = digits[:point].lstrip("0") or "0"
    return f"{sign}{whole}" + (f".{digits[point:]}" if digits[point:] else "")


_LONE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"\\u00[01][0-9a-f]")
_SHORT_CONTROL = re.compile(r"\\[bf]")
_LONG = {"\\b": "\\u0008", "\\f": "\\u000c"}


def escape_ascii(text: str) -> str:
    """`json.dumps` of Python: everything but printable ASCII as `\\uXXXX`."""
    return encode_basestring_ascii(text)


def escape_utf8(text: str) -> str:
    """Characters outside ASCII as they are (`ensure_ascii=False`)."""
    return encode_basestring(text)


def _escaping(characters: str, base: Spelling = escape_utf8, *, upper: bool = False, slash: bool = False) -> Spelling:
    """Return a style that escapes `characters` (the inside of a character class) as `\\uXXXX`, besides those of `base`.

    `upper`: hex digits in upper case. `slash`: `/` as `\\/`.
    """
    pattern = re.compile(f"[{characters}]") if characters else None

    def escape(text: str) -> str:
        written = base(text)
        if pattern is not None:
            written = pattern.sub(_upper if upper else _lower, written)
        if upper:
            written = _CONTROL.sub(lambda match: "\\u" + match[0][2:].upper(), written)
        return written.replace("/", "\\/") if slash else written

    return escape


def _php_ascii(text: str) -> str:
    """As Python's, but DEL stays as it is."""
    return encode_basestring_ascii(text).replace("\\u007f", "\x7f") if "\x7f" in text else encode_basestring_ascii(text)


def escape_php_hex(text: str) -> str:
    """PHP with `JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT`: those in upper case."""
    return f'"{_TAGS.sub(_upper, escape_php(text)[1:-1].replace(_QUOTE, _HEX_QUOTE))}"'


_TAGS = re.compile("[<>&']")
_QUOTE, _HEX_QUOTE = '\\"', "\\u0022"


def _lower(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _upper(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04X}"


def escape_go_long(text: str) -> str:
    """Go before 1.22: no `\\b` and `\\f`."""
    return _SHORT_CONTROL.sub(lambda match: _LONG[match[0]], escape_go(text))


def _replacing_surrogates(style: Spelling) -> Spelling:
    return lambda text: style(_LONE.sub("\ufffd", text))


_DOTNET = re.compile(r"""[^ !#-%(-*,-;=?-\[\]-_a-~\\]""")
_DOTNET_SHORT = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_dotnet(text: str) -> str:
    """System.Text.Json's default: all but a safe part of ASCII escaped, in upper-case digits."""
    return f'"{_DOTNET.sub(_dotnet_escape, text.replace(chr(92), chr(92) * 2))}"'


def _dotnet_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _DOTNET_SHORT:
        return _DOTNET_SHORT[character]
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04X}" for at in range(0, len(units), 2))


escape_javascript = _escaping("\ud800-\udfff")
escape_php = _escaping("", _php_ascii, slash=True)
escape_php_slashes = _php_ascii
escape_php_unicode = _escaping("\u2028\u2029", slash=True)
escape_go = _replacing_surrogates(_escaping("<>&\u2028\u2029"))
escape_go_plain = _replacing_surrogates(_escaping("\u2028\u2029"))
escape_go_raw = LexemeEscape("<>&\u2028\u2029")
escape_dotnet_relaxed = _escaping("\x7f-\xa0\u2028\u2029", upper=True)
escape_newtonsoft = _escaping("\x85\u2028\u2029")
escape_jackson = _escaping("", upper=True)
escape_gson = _escaping("<>&='\u2028\u2029")
escape_separators = _escaping("\u2028\u2029")
"""Gson without HTML escaping, and PHP's `JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE`."""
escape_org_json = _escaping("\x80-\x9f\u2000-\u20ff")
escape_rails = _escaping("<>&\u2028\u2029")
escape_slash = _escaping("", slash=True)
escape_jq = _escaping("\x7f")
