"""Values of a field as short JSON text, without what must not be shared: credentials, signatures in links."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

from webhook_tui.domain.payload.links import without_link_signatures

LONGEST = 80
"""Characters of a sample."""
BLANK = "…"
"""Stands for what was taken out."""
CUT = "\0"
"""Begins what is kept of a value that is not kept whole."""
_SMALLEST = -(2**63) + 1

_SECRET_NAMES = re.compile(
    r"(?:^|_)(?:secret|token|password|passwd|api_?key|private_?key|authorization|signature|credentials?)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def is_secret(name: str) -> bool:
    """Return whether the values of a field of that name are credentials."""
    return _SECRET_NAMES.search(_CAMEL.sub("_", name)) is not None


def without_credentials(text: str) -> str:
    """Return text with the signatures and tokens in links blanked."""
    return without_link_signatures(text.encode()).decode() if "://" in text else text


def storable(text: str) -> str:
    """Return text with lone surrogates replaced, which UTF-8 cannot hold."""
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


KeptValue: TypeAlias = str | int | float | bool | None
"""A value as it is kept: containers and what is too large are text that `is_cut`."""

_CONTAINERS: dict[type, str] = {dict: f"{CUT}{{{BLANK}}}", list: f"{CUT}[{BLANK}]"}


def kept(value: object) -> KeptValue:
    """Return a value small enough to be kept; of a long text its beginning."""
    match value:
        case str():
            if len(value) <= LONGEST and value.isascii():
                return value
            text = storable(value)
            return text if len(text) <= LONGEST else f"{CUT}{text[: 4 * LONGEST]}"
        case bool() | float() | None:
            return value
        case int():
            return value if _SMALLEST <= value <= -_SMALLEST else f"{CUT}{BLANK}"
        case _:
            return _CONTAINERS[type(value)] if value else f"{CUT}{value}"


def is_cut(value: KeptValue) -> bool:
    """Return whether it is not the whole value."""
    return isinstance(value, str) and value.startswith(CUT)


def sample(value: KeptValue, name: str) -> str:
    """Return a kept value of the field `name` as JSON text, about 80 characters at most."""
    if isinstance(value, str) and is_secret(name):
        return f'"{BLANK}"'
    if not isinstance(value, str):
        return json.dumps(value)
    text = value.removeprefix(CUT)
    if is_cut(value) and len(text) <= LONGEST:
        return text
    text = without_credentials(text)
    return json.dumps(f"{text[:LONGEST]}{BLANK}" if len(text) > LONGEST else text, ensure_ascii=False)
