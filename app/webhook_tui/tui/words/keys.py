"""What help says of each binding: its group and words; keys that belong together share a line.

The lines are made from the bindings that are live, so a binding that is not named here still has its line, by its
tooltip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class HelpRow:
    """One line: the keys as shown, what they do, and the key that a click presses."""

    group: str
    keys: str
    does: str
    press: str


_DELIVERIES, _THIS, _PIKTID, _SCREEN = "Deliveries", "This delivery", "PiktID", "Screen"

_LINES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (_DELIVERIES, ("table.up", "table.down"), "move"),
    (_DELIVERIES, ("table.page_up", "table.page_down"), "a page up, down"),
    (_DELIVERIES, ("table.home", "table.end"), "first, newest"),
    (_DELIVERIES, ("table.follow",), "follow the newest"),
    (_DELIVERIES, ("table.open",), "into the detail"),
    (_THIS, ("delivery.why",), "why this verdict"),
    (_THIS, ("delivery.copy",), "copy this tab"),
    (_THIS, ("detail.back",), "back"),
    (_PIKTID, ("piktid.ping",), "send a test ping"),
    (_PIKTID, ("piktid.register",), "register again"),
    (_PIKTID, ("piktid.delete",), "delete the webhook"),
    (_PIKTID, ("piktid.secret",), "the signing secret"),
    (_PIKTID, ("piktid.add_secret",), "add a secret"),
    (_PIKTID, ("piktid.copy_url",), "copy the public URL"),
    (_SCREEN, ("screen.next_pane", "tabs.previous", "tabs.next"), "next pane, next tab"),
    (_SCREEN, ("detail.zoom",), "zoom the detail"),
    (_SCREEN, ("screen.commands",), "all commands by name"),
    (_SCREEN, ("screen.help",), "this help"),
    (_SCREEN, ("screen.leave",), "leave, tidy up"),
)
_GROUPS = {"table": _DELIVERIES, "piktid": _PIKTID, "screen": _SCREEN, "tabs": _SCREEN}
_SILENT = frozenset({"button.press", "button.left", "button.right", "screen.previous_pane"})
_SIGNS = {"up": "↑", "down": "↓", "left": "←", "right": "→"}


def help_rows(live: Iterable[Binding], display: Callable[[Binding], str], *, detail_first: bool) -> list[HelpRow]:
    """The lines for the live bindings, the group of the focused pane first."""
    keys: dict[str, list[Binding]] = {}
    for binding in live:
        if binding.id and binding.id not in _SILENT and not binding.system:
            keys.setdefault(binding.id, []).append(binding)
    rows = []
    for group, ids, does in _LINES:
        found = [keys.pop(name) for name in ids if name in keys]
        if found:
            rows.append(_row(group, found, does, display))
    for name, bindings in keys.items():
        group = _GROUPS.get(name.split(".")[0], _THIS)
        rows.append(_row(group, [bindings], bindings[0].tooltip or bindings[0].description, display))
    order = [_THIS, _DELIVERIES] if detail_first else [_DELIVERIES, _THIS]
    order += [_PIKTID, _SCREEN]
    return sorted(rows, key=lambda row: order.index(row.group))


def _row(group: str, found: list[list[Binding]], does: str, display: Callable[[Binding], str]) -> HelpRow:
    """First keys of all bindings, then their second keys: `↑ ↓  j k`."""
    columns = [
        " ".join(
            _SIGNS.get(bindings[place].key) or display(bindings[place]) for bindings in found if place < len(bindings)
        )
        for place in range(max(len(bindings) for bindings in found))
    ]
    shown = "  ".join(columns)
    return HelpRow(group, shown if len(shown) <= 11 else columns[0], does[:1].lower() + does[1:], found[0][0].key)
