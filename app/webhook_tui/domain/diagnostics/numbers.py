"""A JSON number as other languages write it again after reading it; input and output are JSON text."""

from __future__ import annotations

import math
from collections.abc import Callable

_EXACT_DIGITS = 15
_INT64 = range(-(2**63), 2**63)


def as_python(lexeme: str) -> str:
    """`json.dumps` of Python: integers of any size stay, floats are the shortest `repr`."""
    if _is_integer(lexeme):
        return "0" if lexeme == "-0" else lexeme
    value = float(lexeme)
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN" if math.isnan(value) else repr(value)


def as_javascript(lexeme: str) -> str:
    """`JSON.stringify`: every number is a double, `1.0` becomes `1` (ECMA-262, Number::toString)."""
    return "0" if lexeme == "-0" else _as_double(lexeme, infinite="null", minus_zero="0")


def as_go(lexeme: str) -> str:
    """Go's encoding/json after reading into `any`: as JavaScript, but minus zero keeps its sign."""
    return _as_double(lexeme, infinite=lexeme, minus_zero="-0")


def as_php(lexeme: str) -> str:
    """`json_encode` of PHP 7.1 and later (serialize_precision -1): `1.0` becomes `1`, exponents read `1.0e+25`."""
    if _is_integer(lexeme) and len(lexeme) <= 20 and int(lexeme) in _INT64:
        return lexeme
    value = float(lexeme)
    if not math.isfinite(value):
        return lexeme
    sign, digits, point = _shortest(value)
    if not digits:
        return f"{sign}0"
    if -4 < point <= 17:
        return sign + _positional(digits, point)
    exponent = point - 1
    return f"{sign}{digits[0]}.{digits[1:] or '0'}e{exponent:+d}"


def _is_integer(lexeme: str) -> bool:
    return lexeme.removeprefix("-").isdigit()


def _as_double(lexeme: str, *, infinite: str, minus_zero: str) -> str:
    if len(lexeme) <= _EXACT_DIGITS and lexeme.isdigit():
        return lexeme
    value = float(lexeme)
    if not math.isfinite(value):
        return infinite
    sign, digits, point = _shortest(value)
    if not digits:
        return minus_zero if sign else "0"
    if -6 < point <= 21:
        return sign + _positional(digits, point)
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"


def _shortest(value: float) -> tuple[str, str, int]:
    """Sign, significant digits (none for zero), and n so that the value is 0.DIGITS times ten to the n."""
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


def as_java(lexeme: str) -> str:
    """Jackson and org.json: integers stay, doubles as `Double.toString` writes them: `1.795826357459E9`."""
    return lexeme if _is_integer(lexeme) else _java_double(lexeme)


def as_gson(lexeme: str) -> str:
    """Gson after reading into a Map: every number is a double."""
    return _java_double(lexeme)


def _java_double(lexeme: str) -> str:
    value = float(lexeme)
    if not math.isfinite(value):
        return lexeme
    sign, digits, point = _shortest(value)
    if not digits:
        return f"{sign}0.0"
    if -3 < point <= 7:
        text = _positional(digits, point)
        return sign + (text if "." in text else f"{text}.0")
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{point - 1}"


def as_php_with_fraction(lexeme: str) -> str:
    """`JSON_PRESERVE_ZERO_FRACTION`: `1.0` stays."""
    written = as_php(lexeme)
    return f"{written}.0" if written.removeprefix("-").isdigit() and not _is_integer(lexeme) else written


def as_ruby(lexeme: str) -> str:
    """Ruby and Rust: integers stay, `1e25` becomes `1.0e+25`."""
    if _is_integer(lexeme):
        return lexeme
    return _with_fraction(lexeme, upto=16, exponent=lambda digits, at: f"{digits[0]}.{digits[1:] or '0'}e{at:+03d}")


def as_rust(lexeme: str) -> str:
    """serde_json: integers stay, `1e25` stays, `1.0` keeps its zero."""
    if _is_integer(lexeme):
        return lexeme
    return _with_fraction(lexeme, upto=16, exponent=lambda digits, at: f"{digits[0]}{_fraction(digits)}e{at}")


def as_dotnet(lexeme: str) -> str:
    """Newtonsoft.Json: integers stay, doubles keep `.0`, exponents read `1E+25`."""
    if _is_integer(lexeme):
        return lexeme
    return _with_fraction(lexeme, upto=15, exponent=lambda digits, at: f"{digits[0]}{_fraction(digits)}E{at:+03d}")


def as_dotnet_double(lexeme: str) -> str:
    """System.Text.Json after reading into a double: `1.0` becomes `1`, exponents read `1E+25`."""
    return as_dotnet(lexeme).removesuffix(".0")


def as_numeric(lexeme: str) -> str:
    """PostgreSQL's jsonb: exponents are written out, zeros at the end stay."""
    mantissa, _, exponent = lexeme.lower().partition("e")
    if not exponent or abs(int(exponent)) > _MOST_ZEROS:
        return lexeme
    sign, mantissa = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent)
    digits = (whole + fraction).ljust(max(point, 0), "0")
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole = digits[:point].lstrip("0") or "0"
    return f"{sign}{whole}" + (f".{digits[point:]}" if digits[point:] else "")


_MOST_ZEROS = 400


def _fraction(digits: str) -> str:
    return f".{digits[1:]}" if len(digits) > 1 else ""


def _with_fraction(lexeme: str, *, upto: int, exponent: Callable[[str, int], str]) -> str:
    value = float(lexeme)
    if not math.isfinite(value):
        return lexeme
    sign, digits, point = _shortest(value)
    if not digits:
        return f"{sign}0.0"
    if -4 < point <= upto:
        text = _positional(digits, point)
        return sign + (text if "." in text else f"{text}.0")
    return sign + exponent(digits, point - 1)


def as_jq(lexeme: str) -> str:
    """jq 1.6: every number is a double, `1.0` becomes `1`, exponents have two digits."""
    value = float(lexeme)
    if not math.isfinite(value):
        return "1.7976931348623157e+308" if value > 0 else "-1.7976931348623157e+308"
    return repr(value).removesuffix(".0")


def as_perl(lexeme: str) -> str:
    """Perl: at most 15 significant digits."""
    return lexeme if _is_integer(lexeme) else f"{float(lexeme):.15g}"
