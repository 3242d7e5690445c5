"""Every key of the screen as a table, read from the bindings of all widgets."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator

from msgspec import Struct
from textual.binding import Binding

from webhook_tui import ui
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.ui.format.keys import key_name
from webhook_tui.ui.notice_texts import unknown_bindings

_WHERE = {
    "app": "everywhere",
    "screen": "everywhere",
    "piktid": "everywhere",
    "tabs": "everywhere",
    "delivery": "everywhere",
    "stream": "SSE pane",
    "table": "table",
    "detail": "detail",
    "payload": "payload",
    "image": "Image",
    "raw": "payload",
    "prose": "Signature, Attempts",
    "handler": "Test my handler",
    "headers": "Headers",
    "events": "SSE pane",
    "status": "Status screen",
    "edited": "edited replay",
    "jobs": "Jobs",
    "job": "Jobs",
    "list": "Jobs",
    "sheet": "Jobs",
    "button": "buttons",
    "dialog": "dialogs",
    "help": "help",
    "work": "everywhere",
}


class Key(Struct, frozen=True):
    """One binding id with all its keys."""

    binding_id: str
    keys: tuple[str, ...]
    does: str

    @property
    def where(self) -> str:
        """The pane in which it works."""
        if self.binding_id == "stream.show":
            return "everywhere"
        prefix = self.binding_id.split(".")[0]
        return _WHERE.get(prefix, prefix)


def bindings() -> Iterator[Binding]:
    """Yield every binding of our classes, in the order of the modules."""
    for name in sorted(module.name for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}.")):
        module = importlib.import_module(name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == name and isinstance(found := vars(kind).get("BINDINGS"), list):
                yield from Binding.make_bindings(found)


def all_keys() -> list[Key]:
    """Return one Key for each binding id, those that work everywhere first."""
    keys: dict[str, list[str]] = {}
    does: dict[str, str] = {}
    for binding in bindings():
        shown = keys.setdefault(binding.id or "", [])
        if (sign := key_name(binding.key)) not in shown:
            shown.append(sign)
        does[binding.id or ""] = binding.tooltip or binding.description
    found = [Key(name, tuple(signs), does[name]) for name, signs in keys.items()]
    return sorted(found, key=lambda key: (key.where != "everywhere", key.where, key.binding_id))


def unknown_ids(ids: Iterable[str]) -> Problem | None:
    """Return a warning that names the ids that no binding has, each with the nearest known one; None: all are known."""
    known = {key.binding_id for key in all_keys()}
    unknown = [
        f"{visible(name)} (nearest: {', '.join(difflib.get_close_matches(name, known, 1, cutoff=0))})"
        for name in ids
        if name not in known
    ]
    return unknown_bindings(unknown) if unknown else None


def as_markdown() -> str:
    """Return the table in Markdown, for the README."""
    lines = ["| key | does | where | id |", "|---|---|---|---|"]
    for key in all_keys():
        signs = " ".join(f"`{sign}`" if sign != "|" else "`\\|`" for sign in key.keys)
        lines.append(f"| {signs} | {key.does} | {key.where} | `{key.binding_id}` |")
    return "\n".join(lines)


def as_text() -> str:
    """Return the table as plain text."""
    return "\n".join(f"{' '.join(key.keys):<24} {key.does:<44} {key.where:<20} {key.binding_id}" for key in all_keys())
