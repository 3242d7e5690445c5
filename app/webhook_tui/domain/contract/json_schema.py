"""A contract as JSON Schema 2020-12 (json-schema.org/draft/2020-12).

It names types, formats and required fields. Values that were seen stand in `examples`, never in `enum`, and further
properties are allowed: later deliveries may hold more than earlier ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from webhook_tui.domain.contract.declarations import description, is_required, schema_types
from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.field import Field
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.contract.samples import KeptValue, is_cut, is_secret, without_credentials

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MOST_EXAMPLES = 5


def json_schema(contracts: Sequence[EventContract]) -> str:
    """Return the schema of one event, or of several as alternatives, as indented JSON text in ASCII."""
    schemas = [event_schema(contract) for contract in contracts]
    if len(schemas) == 1:
        whole: dict[str, Any] = {"$schema": DIALECT, **schemas[0]}
    else:
        names = [contract.name for contract in contracts]
        references = [{"$ref": f"#/$defs/{_pointer(name)}"} for name in names]
        whole = {"$schema": DIALECT, "anyOf": references, "$defs": dict(zip(names, schemas, strict=True))}
    return json.dumps(whole, indent=2)


def event_schema(contract: EventContract) -> dict[str, Any]:
    """Return the schema of the whole event `{id, name, data, timestamp}`; its `name` is a constant."""
    schema = _schema(contract.root, "")
    schema["title"] = contract.name
    schema["description"] = description(contract)
    schema["properties"]["name"] = {"const": contract.name}
    return {key: schema[key] for key in ("title", "description", "type", "properties", "required") if key in schema}


def _schema(field: Field, name: str) -> dict[str, Any]:
    kinds = [kind.value for kind in schema_types(field)]
    schema: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    if JsonType.STRING in field.types and field.formats:
        schema["format"] = field.formats[0]
    if examples := _examples(field, name):
        schema["examples"] = examples
    if JsonType.OBJECT in field.types:
        schema["properties"] = {name: _schema(child, name) for name, child in field.children.items()}
        if required := sorted(name for name, child in field.children.items() if is_required(field, child)):
            schema["required"] = required
    if field.items is not None:
        schema["items"] = _schema(field.items, name)
    return schema


def _examples(field: Field, name: str) -> list[object]:
    """The most frequent values where they are few, else the last ones; none of credentials."""
    if is_secret(name):
        return []
    counted = [one for typed in field.types.values() for one in (typed.listed or {}).items()]
    found: list[KeptValue] = [value for value, _ in sorted(counted, key=lambda one: -one[1])]
    if any(typed.listed is None for typed in field.types.values()):
        found += [sample.value for sample in reversed(field.samples) if not sample.is_absent]
    shown = [value for value in found if value is not None and not is_cut(value) and _is_finite(value)]
    texts = [json.dumps(without_credentials(value) if isinstance(value, str) else value) for value in shown]
    return [json.loads(text) for text in dict.fromkeys(texts)][:_MOST_EXAMPLES]


def _is_finite(value: KeptValue) -> bool:
    """Whether JSON can hold it."""
    return not isinstance(value, float) or math.isfinite(value)


def _pointer(name: str) -> str:
    """A name as part of a JSON pointer in a URI's fragment (RFC 6901, section 6)."""
    escaped = name.replace("~", "~0").replace("/", "~1")
    return "".join(
        one if one.isascii() and (one.isalnum() or one in "-._~") else "".join(f"%{byte:02X}" for byte in one.encode())
        for one in escaped
    )
