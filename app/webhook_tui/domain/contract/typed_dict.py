"""A contract as Python: a TypedDict for each object (PEP 589), NotRequired (PEP 655) where a field may be absent."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Sequence

from webhook_tui.domain.contract.declarations import TypeNames, description, is_required, schema_types
from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.field import Field
from webhook_tui.domain.contract.json_types import JsonType

_IMPORTED = ("Literal", "NotRequired", "TypedDict", "TypeAlias", "Union")
_TYPES = {
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
                parts.append(_TYPES[kind])
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
