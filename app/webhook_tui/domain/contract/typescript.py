"""A contract as TypeScript: an interface for each event, and for several events their union."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from webhook_tui.domain.contract.declarations import TypeNames, description, is_required, schema_types
from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.field import Field
from webhook_tui.domain.contract.json_types import JsonType

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_RESERVED = ("Array", "Record", "Event", "Object", "String", "Number", "Boolean", "Symbol", "Function", "Date")
_TYPES = {
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
        body = _object(contract.root, 0, constant=contract.name)
        parts.append(f"/** {_comment(contract.name)}: {description(contract)} */\nexport interface {name} {body}\n")
    if len(exported) > 1:
        union = "".join(f"\n  | {name}" for name in exported)
        parts.append(f"export type {names.name(['webhook', 'event'])} ={union};\n")
    return "\n".join(parts)


def _type(field: Field, level: int) -> str:
    parts = [_one(field, kind, level) for kind in schema_types(field)]
    return " | ".join(parts) or "unknown"


def _one(field: Field, kind: JsonType, level: int) -> str:
    if kind is JsonType.OBJECT:
        return _object(field, level) if field.children else "Record<string, unknown>"
    if kind is JsonType.ARRAY:
        return f"Array<{_type(field.items, level) if field.items is not None else 'unknown'}>"
    return _TYPES[kind]


def _object(field: Field, level: int, *, constant: str | None = None) -> str:
    """The object's type; `constant` is the value of its field `name`."""
    indent = "  " * (level + 1)
    lines = ["{"]
    for name, child in field.children.items():
        key = name if _IDENTIFIER.fullmatch(name) else json.dumps(name)
        mark = "" if is_required(field, child) else "?"
        is_constant = constant is not None and name == "name"
        note = f" // {child.formats[0]}" if child.formats and not is_constant else ""
        text = json.dumps(constant) if is_constant else _type(child, level + 1)
        lines.append(f"{indent}{key}{mark}: {text};{note}")
    return "\n".join((*lines, f"{'  ' * level}}}"))


def _comment(text: str) -> str:
    return json.dumps(text)[1:-1].replace("*/", "* /")
