"""Numbers as people write them in a filter: counts, sizes, ages, statuses."""

from __future__ import annotations

import re
from decimal import Decimal

from webhook_tui.domain.filtering.terms import LARGEST, Operator

OPERATOR = re.compile(r"!=|>=|<=|=|>|<")
"""The first one in a text is the one that counts."""

_COUNT = re.compile(r"[0-9]{1,15}")
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)(k|m|g|)b?", re.IGNORECASE)
_AGE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)([smhd])", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_STATUS = re.compile(r"[1-9][0-9]{2}|[1-9][0-9][xX]|[1-9][xX][xX]")

_BYTES = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}
_MICROSECONDS = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}


def compared(text: str, without: Operator) -> tuple[Operator, str]:
    """The operator in front of `text` and the rest; `without` where there is none."""
    found = OPERATOR.match(text)
    return (Operator(found[0]), text[found.end() :]) if found else (without, text)


def count(text: str) -> int | None:
    """A whole number of at most 15 digits, or None."""
    return int(text) if _COUNT.fullmatch(text) else None


def size(text: str) -> int | None:
    """Bytes of `10`, `10k`, `1.5MB` (powers of 1,000), or None."""
    found = _SIZE.fullmatch(text)
    return None if found is None else _product(found[1], _BYTES[found[2].lower()])


def age(text: str) -> int | None:
    """Microseconds of `90s`, `10m`, `1.5h`, `7d`, or None."""
    found = _AGE.fullmatch(text)
    return None if found is None else _product(found[1], _MICROSECONDS[found[2].lower()])


def _product(number: str, unit: int) -> int:
    return min(int(Decimal(number) * unit), LARGEST)


def number(text: str) -> int | float | None:
    """A number as JSON writes it, or None."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    return float(text) if found[1] or found[2] else int(text)


def statuses(text: str) -> tuple[int, int] | None:
    """First and last status of `503`, `50x`, `5xx`, or None."""
    if not _STATUS.fullmatch(text):
        return None
    digits = text.lower()
    return int(digits.replace("x", "0")), int(digits.replace("x", "9"))
