"""The lines of help: the group and text of each binding; related keys share a line.

The lines are made from the bindings that are live, so a binding that is not named here still has its line, by its
tooltip.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from textual.binding import Binding


class HelpRow(Struct, frozen=True):
    """One line: keys, text, and the key that a click presses."""

    group: str
    keys: str
    does: str
    press: str


_DELIVERIES, _STREAM, _THIS, _PIKTID, _SCREEN = "Deliveries", "Webhook and SSE", "This delivery", "PiktID", "Screen"

_LINES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (_DELIVERIES, ("table.up", "table.down"), "move"),
    (_DELIVERIES, ("table.page_up", "table.page_down"), "a page up, down"),
    (_DELIVERIES, ("table.home", "table.end"), "first, newest"),
    (_DELIVERIES, ("table.follow",), "follow the newest"),
    (_DELIVERIES, ("table.filter", "table.toggle_filter", "table.sort"), "filter; off, on; sort"),
    (_DELIVERIES, ("table.open", "table.into_detail"), "into the detail"),
    (_DELIVERIES, ("stream.show",), "webhook and SSE"),
    (_STREAM, ("events.up", "events.down"), "move"),
    (_STREAM, ("events.page_up", "events.page_down"), "a page up, down"),
    (_STREAM, ("events.home", "events.end"), "first, newest"),
    (_STREAM, ("stream.sides",), "what each side brought"),
    (_STREAM, ("stream.previous", "stream.next"), "all, only one side"),
    (_STREAM, ("stream.copy",), "copy the comparison"),
    (_THIS, ("payload.up", "payload.down"), "move"),
    (_THIS, ("payload.page_up", "payload.page_down"), "a page up, down"),
    (_THIS, ("payload.home", "payload.end"), "first, last"),
    (_THIS, ("payload.left", "payload.right"), "scroll left, right"),
    (_THIS, ("delivery.why",), "why this verdict"),
    (_THIS, ("delivery.replay", "delivery.edit"), "replay; edit, replay"),
    (_THIS, ("delivery.copy_as", "delivery.export"), "copy, export"),
    (_THIS, ("delivery.mark", "delivery.diff"), "mark, diff with marked"),
    (_THIS, ("delivery.comment",), "comment"),
    (_THIS, ("payload.next_match", "payload.match_before"), "next, previous match"),
    (_THIS, ("payload.open_link",), "open an image link"),
    (_THIS, ("payload.find",), "find in the payload"),
    (_THIS, ("payload.query",), "query it (JMESPath)"),
    (_THIS, ("delivery.copy",), "copy this tab"),
    (_THIS, ("detail.back",), "back"),
    (_THIS, ("screen.back",), "back"),
    (_PIKTID, ("piktid.ping",), "send a test ping"),
    (_PIKTID, ("piktid.register",), "register again"),
    (_PIKTID, ("piktid.delete",), "delete the webhook"),
    (_PIKTID, ("piktid.secret",), "the signing secrets"),
    (_PIKTID, ("piktid.add_secret",), "add a secret"),
    (_PIKTID, ("receiver.answers",), "how it answers"),
    (_PIKTID, ("app.handler_test",), "test my handler"),
    (_PIKTID, ("piktid.copy_url",), "copy the public URL"),
    (_SCREEN, ("screen.next_pane", "tabs.previous", "tabs.next"), "next pane, next tab"),
    (_SCREEN, ("detail.zoom", "detail.grow", "detail.shrink"), "zoom, larger, smaller"),
    (_SCREEN, ("work.stop",), "stop what is under way"),
    (_SCREEN, ("work.pause",), "pause or resume replay"),
    (_SCREEN, ("app.status", "app.jobs", "app.contract"), "status; jobs; contract"),
    (_SCREEN, ("screen.commands",), "all commands by name"),
    (_SCREEN, ("screen.help",), "this help"),
    (_SCREEN, ("screen.leave",), "leave"),
)
_GROUPS = {"table": _DELIVERIES, "stream": _STREAM, "piktid": _PIKTID, "screen": _SCREEN, "tabs": _SCREEN}
_SILENT = frozenset({"table.show_all", "button.press", "button.left", "button.right", "screen.previous_pane"})
_SIGNS = {
    "pageup": "pgup",
    "pagedown": "pgdn",
    "question_mark": "?",
    "colon": ":",
    "semicolon": ";",
    "slash": "/",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "backslash": "\\",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def key_name(key: str) -> str:
    """Return a key as help shows it: `↑`, `[`, `ctrl+p`, `F1`."""
    return _SIGNS.get(key) or (key.upper() if key == "f1" else key)


def help_rows(live: Iterable[Binding], *, detail_first: bool) -> list[HelpRow]:
    """Return the lines of the active bindings, the group of the focused pane first."""
    keys: dict[str, list[str]] = {}
    tips: dict[str, str] = {}
    for binding in live:
        name = "screen.commands" if binding.action == "command_palette" else binding.id
        if name and name not in _SILENT and (binding.show or not binding.system):
            keys.setdefault(name, []).append(binding.key)
            tips[name] = binding.tooltip or binding.description
    rows = []
    for group, ids, does in _LINES:
        alive = [name for name in ids if name in keys]
        if alive:
            text = tips[alive[0]] if len(alive) == 1 < len(ids) else does
            rows.append(_row(group, [keys.pop(name) for name in alive], text))
    for name, names in keys.items():
        rows.append(_row(_GROUPS.get(name.split(".")[0], _THIS), [names], tips[name]))
    order = [_THIS, _DELIVERIES] if detail_first else [_DELIVERIES, _STREAM, _THIS]
    order += [_PIKTID, _SCREEN]
    return sorted(rows, key=lambda row: order.index(row.group))


def _row(group: str, found: list[list[str]], does: str) -> HelpRow:
    """Join first keys, then second keys: `↑ ↓  j k`; only letters if both do not fit."""
    ranks = [
        " ".join(key_name(names[place]) for names in found if place < len(names))
        for place in range(max(len(names) for names in found))
    ]
    shown = "  ".join(ranks)
    if len(shown) > 11:
        shown = min(ranks, key=len)
    return HelpRow(group, shown, does[:1].lower() + does[1:], found[0][0])
