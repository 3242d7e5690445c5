"""A contract as source code: TypedDicts of Python (PEP 589, PEP 655), interfaces of TypeScript, what both share."""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.field import Field
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.units import counted

_ORDER = tuple(JsonType)
_WORD = re.compile(r"[A-Za-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def schema_types(field: Field) -> list[JsonType]:
    """Return the types of a field as a schema names them, null first: a number may be an integer, too."""
    kinds = {
        JsonType.NUMBER if kind is JsonType.INTEGER and JsonType.NUMBER in field.types else kind for kind in field.types
    }
    return sorted(kinds, key=lambda kind: (kind is not JsonType.NULL, _ORDER.index(kind)))


def is_required(parent: Field, child: Field) -> bool:
    """Return whether every object that was seen at `parent` held the field."""
    return child.present.values == parent.types[JsonType.OBJECT].values


def description(contract: EventContract) -> str:
    """Return how many deliveries a contract is of, and since when."""
    count = counted(contract.deliveries, "delivery")
    if contract.first is None or contract.last is None:
        return f"Seen in {count}."
    days = list(dict.fromkeys(f"{moment_of(at[1]):%Y-%m-%d}" for at in (contract.first, contract.last)))
    doubt = "" if contract.is_reliable else " Too few to rely on."
    return f"Seen in {count}, {' to '.join(days)}.{doubt}"


def moment_of(microseconds: int) -> datetime:
    """Return a time, UTC."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


def day_of(microseconds: int, now: datetime) -> str:
    """Return `today`, `12 Nov` or `12 Nov 2025`, in the zone of `now`."""
    local = moment_of(microseconds).astimezone(now.tzinfo)
    if local.date() == now.date():
        return "today"
    return f"{local.day} {local:%b}" if local.year == now.year else f"{local.day} {local:%b %Y}"


class TypeNames:
    """Gives names in PascalCase, each once."""

    def __init__(self, taken: Sequence[str]) -> None:
        """`taken`: names that mean something else already."""
        self._taken = set(taken)

    def name(self, words: Sequence[str]) -> str:
        """Return a new name made of words; one without a letter or digit of ASCII adds nothing."""
        parts = [part for word in words for part in _WORD.findall(_CAMEL.sub("_", word))]
        base = "".join(part[:1].upper() + part[1:] for part in parts)
        if not base or base[0].isdigit():
            base = f"Event{base}"
        name, number = base, 1
        while name in self._taken:
            number += 1
            name = f"{base}{number}"
        self._taken.add(name)
        return name


_IMPORTED = ("Literal", "NotRequired", "TypedDict", "TypeAlias", "Union")
_PYTHON_TYPES = {
    JsonType.STRING: "str",
    JsonType.INTEGER: "int",
    JsonType.NUMBER: "float",
    JsonType.BOOLEAN: "bool",
    JsonType.NULL: "None",
}


def typed_dict(contracts: Sequence[EventContract]) -> str:
    """Return a module's source in ASCII, for Python 3.11 and later."""
    source = _Source()
    exported = [source.event(contract) for contract in contracts]
    lines = ['"""The events of PiktID\'s webhooks, as they were received."""', ""]
    imports = ["Literal", *(["NotRequired"] if source.has_optional else []), "TypedDict"]
    if len(exported) > 1:
        imports.insert(-1, "TypeAlias")
        source.classes.append(f"{source.names.name(['webhook', 'event'])}: TypeAlias = {' | '.join(exported)}")
    lines.append(f"from typing import {', '.join(imports)}")
    return "\n".join(lines) + "\n\n\n" + "\n\n\n".join(source.classes) + "\n"


class _Source:
    """Writes classes, those that others name first."""

    def __init__(self) -> None:
        self.names = TypeNames([*_IMPORTED, *dir(builtins), *keyword.kwlist])
        self.classes: list[str] = []
        self.has_optional = False

    def event(self, contract: EventContract) -> str:
        """Add the classes of an event; return the name of its own."""
        about = ascii(f"{contract.name}: {description(contract)}")[1:-1].replace('"', r"\"").replace(r"\'", "'")
        return self._object(contract.root, [contract.name], about=about, constant=contract.name)

    def _type(self, field: Field, words: list[str]) -> str:
        parts = []
        for kind in schema_types(field):
            if kind is JsonType.OBJECT:
                parts.append(self._object(field, words) if field.children else "dict[str, object]")
            elif kind is JsonType.ARRAY:
                below = "object" if field.items is None else self._type(field.items, [*words, "item"])
                parts.append(f"list[{below}]")
            else:
                parts.append(_PYTHON_TYPES[kind])
        if len(parts) > 1 and parts[0] == "None":
            parts.append(parts.pop(0))
        return " | ".join(parts) or "object"

    def _object(self, field: Field, words: list[str], *, about: str = "", constant: str | None = None) -> str:
        """Add a class; `constant` is the value of its field `name`."""
        name = self.names.name(words)
        types = {}
        for key, child in field.children.items():
            is_constant = constant is not None and key == "name"
            text = f"Literal[{constant!a}]" if is_constant else self._type(child, [*words, key])
            if not is_required(field, child):
                self.has_optional = True
                text = f"NotRequired[{text}]"
            types[key] = text
        docstring = [f'    """{about}"""', ""] if about else []
        if all(_is_attribute(key) for key in types):
            lines = [f"class {name}(TypedDict):", *docstring, *(f"    {key}: {text}" for key, text in types.items())]
        else:
            comment = [f"# {about}"] if about else []
            fields = [f"        {key!a}: {text}," for key, text in types.items()]
            lines = [*comment, f"{name} = TypedDict(", f'    "{name}",', "    {", *fields, "    },", ")"]
        self.classes.append("\n".join(lines))
        return name


def _is_attribute(key: str) -> bool:
    """Whether a class may declare it; a name that begins with two underscores would be mangled."""
    return key.isascii() and key.isidentifier() and not keyword.iskeyword(key) and not key.startswith("__")


_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_RESERVED = ("Array", "Record", "Event", "Object", "String", "Number", "Boolean", "Symbol", "Function", "Date")
_TYPESCRIPT_TYPES = {
    JsonType.STRING: "string",
    JsonType.INTEGER: "number",
    JsonType.NUMBER: "number",
    JsonType.BOOLEAN: "boolean",
    JsonType.NULL: "null",
}


def typescript(contracts: Sequence[EventContract]) -> str:
    """Return a module's source in ASCII; text in comments can end none."""
    names = TypeNames(_RESERVED)
    parts, exported = [], []
    for contract in contracts:
        name = names.name([contract.name])
        exported.append(name)
        body = _interface(contract.root, 0, constant=contract.name)
        parts.append(f"/** {_comment(contract.name)}: {description(contract)} */\nexport interface {name} {body}\n")
    if len(exported) > 1:
        union = "".join(f"\n  | {name}" for name in exported)
        parts.append(f"export type {names.name(['webhook', 'event'])} ={union};\n")
    return "\n".join(parts)


def _typescript_type(field: Field, level: int) -> str:
    parts = [_typescript_of(field, kind, level) for kind in schema_types(field)]
    return " | ".join(parts) or "unknown"


def _typescript_of(field: Field, kind: JsonType, level: int) -> str:
    if kind is JsonType.OBJECT:
        return _interface(field, level) if field.children else "Record<string, unknown>"
    if kind is JsonType.ARRAY:
        return f"Array<{_typescript_type(field.items, level) if field.items is not None else 'unknown'}>"
    return _TYPESCRIPT_TYPES[kind]


def _interface(field: Field, level: int, *, constant: str | None = None) -> str:
    """The object's type; `constant` is the value of its field `name`."""
    indent = "  " * (level + 1)
    lines = ["{"]
    for name, child in field.children.items():
        key = name if _IDENTIFIER.fullmatch(name) else json.dumps(name)
        mark = "" if is_required(field, child) else "?"
        is_constant = constant is not None and name == "name"
        note = f" // {child.formats[0]}" if child.formats and not is_constant else ""
        text = json.dumps(constant) if is_constant else _typescript_type(child, level + 1)
        lines.append(f"{indent}{key}{mark}: {text};{note}")
    return "\n".join((*lines, f"{'  ' * level}}}"))


def _comment(text: str) -> str:
    return json.dumps(text)[1:-1].replace("*/", "* /")
