"""The types and formats of JSON values, as JSON Schema 2020-12 names them; integers and other numbers are apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum


class JsonType(StrEnum):
    """The type of a JSON value."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    """Not written as an integer: `0.5`, `1.0`, `1e3`."""
    BOOLEAN = "boolean"
    NULL = "null"

    @property
    def words(self) -> str:
        """The type in a sentence: `a number`, `text`."""
        return _WORDS[self]


_WORDS = {
    JsonType.OBJECT: "an object",
    JsonType.ARRAY: "a list",
    JsonType.STRING: "text",
    JsonType.INTEGER: "a whole number",
    JsonType.NUMBER: "a number",
    JsonType.BOOLEAN: "true or false",
    JsonType.NULL: "null",
}
_TYPES: Mapping[type, JsonType] = {
    dict: JsonType.OBJECT,
    list: JsonType.ARRAY,
    str: JsonType.STRING,
    int: JsonType.INTEGER,
    float: JsonType.NUMBER,
    bool: JsonType.BOOLEAN,
    type(None): JsonType.NULL,
}


def json_type(value: object) -> JsonType:
    """Return the type of a decoded JSON value."""
    return _TYPES[type(value)]


_LONGEST = 2000
"""Characters; longer text has no format."""
_DATE_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})+")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def is_date_time(text: str) -> bool:
    """Return whether text is a `date-time` of RFC 3339, section 5.6; days are not counted by month."""
    return _DATE_TIME.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """Return whether text is a URI (RFC 3986) with an authority, such as a web link."""
    return _URI.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """Return whether text is a UUID as RFC 9562, section 4, writes it."""
    return _UUID.fullmatch(text) is not None


FORMATS: Mapping[str, Callable[[str], bool]] = {"date-time": is_date_time, "uri": is_uri, "uuid": is_uuid}
"""The test for each format, by its name in JSON Schema."""


def formats_of(text: str, candidates: tuple[str, ...] = tuple(FORMATS)) -> tuple[str, ...]:
    """Return those of `candidates` that text has."""
    if len(text) > _LONGEST:
        return ()
    return tuple(name for name in candidates if FORMATS[name](text))
