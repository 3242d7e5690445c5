"""The menus of copy and export: format, deliveries and, for a file, path."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from webhook_tui.domain.delivery.text import visible
from webhook_tui.export.formats import FORMATS, Format
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import Field
from webhook_tui.ui.selection import Selection
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.menu import Item, Menu

JSON_PATH = "json-path"
QUERY_RESULT = "query-result"
_KEYS = {
    "payload": "p",
    "curl": "c",
    "httpie": "i",
    "python": "x",
    "pytest": "t",
    "har": "h",
    "jsonl": "l",
    "raw": "w",
    "csv": "v",
    "html": "b",
    "scenario": "n",
}
_PREVIEW_LINES = 3


class Share(Struct, frozen=True):
    """What was chosen."""

    form: str
    """Name of a format, or JSON_PATH."""
    selection: Selection
    path: Path | None = None
    """A file or directory that was asked for; None: a new file with a name of ours, or the clipboard."""


_BINDINGS: list[BindingType] = [
    Binding("left", "other(-1)", "Before", show=False, id="dialog.left", tooltip="other deliveries"),
    Binding("right", "other(1)", "Next", show=False, id="dialog.right", tooltip="other deliveries"),
]


class SelectionLine(Static):
    """Shows which deliveries are copied or exported."""

    DEFAULT_CSS = "SelectionLine { height: auto; width: 1fr; margin: 0 0 1 0; }"

    def __init__(self, selections: Sequence[Selection]) -> None:
        super().__init__()
        self._selections = tuple(selections)
        self._at = 0

    @property
    def selection(self) -> Selection:
        """The chosen deliveries."""
        return self._selections[self._at]

    def step(self, by: int) -> None:
        """Choose the next or the previous deliveries, round the ends."""
        self._at = (self._at + by) % len(self._selections)
        self.refresh(layout=True)

    def show_counted(self, counted: Selection) -> None:
        """Show how many deliveries a selection has."""
        self._selections = tuple(counted if one.name == counted.name else one for one in self._selections)
        self.refresh(layout=True)

    def render(self) -> Content:
        parts = [
            Content.assemble((one.label, "bold underline $primary" if one is self.selection else "$muted"))
            for one in self._selections
        ]
        keys = Content.assemble(("   ← →", "$muted")) if len(parts) > 1 else Content.empty()
        return Content("   ").join(parts) + keys


class CopyDialog(Dialog[Share]):
    """Asks what to copy to the clipboard."""

    AUTO_FOCUS = "Menu"
    BINDINGS: ClassVar[list[BindingType]] = _BINDINGS
    TITLE_TEXT = "Copy"
    DEFAULT_CSS = """
    CopyDialog #preview { height: 3; margin: 1 0 0 0; color: $muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(
        self,
        selections: Sequence[Selection],
        *,
        json_path: str,
        preview: Callable[[str], Sequence[str]],
        has_query: bool = False,
    ) -> None:
        """`preview` returns the first lines of the delivery in a format, sanitised."""
        items = _items()
        if json_path:
            items.insert(1, Item(JSON_PATH, "j", "JSON path", visible(json_path)))
        if has_query:
            items.insert(0, Item(QUERY_RESULT, "q", "Query result", "what is shown, as JSON"))
        super().__init__()
        self._items = items
        self.selection_line = SelectionLine(selections)
        self._preview = preview

    def body(self) -> ComposeResult:
        yield self.selection_line
        yield Menu(self._items)
        yield Static(id="preview", markup=False)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Copy", "enter", id="take")
        yield KeyButton("Cancel", "esc", id="safe")

    def action_other(self, step: int) -> None:
        self.selection_line.step(step)
        self._changed()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._changed()

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        event.stop()
        self.dismiss(Share(event.name, self.selection_line.selection))

    def _changed(self) -> None:
        """Show another preview."""
        name = self.query_one(Menu).chosen
        has_preview = name in FORMATS and self.selection_line.selection.seq is not None
        lines = self._preview(name) if name is not None and has_preview else ()
        self.query_one("#preview", Static).update(Content("\n".join(lines[:_PREVIEW_LINES])))


class ExportDialog(Dialog[Share]):
    """Asks what to export, and to which file."""

    AUTO_FOCUS = "Menu"
    BINDINGS: ClassVar[list[BindingType]] = _BINDINGS
    TITLE_TEXT = "Export"
    DEFAULT_CSS = """
    ExportDialog Field { margin: 1 0 0 0; }
    ExportDialog Field > .label { width: 8; }
    """

    def __init__(self, selections: Sequence[Selection]) -> None:
        super().__init__()
        self.selection_line = SelectionLine(selections)
        self._proposed = ""

    def body(self) -> ComposeResult:
        yield self.selection_line
        yield Menu(_items())
        yield Field("into", Input(id="path", select_on_focus=False, compact=True))

    def buttons(self) -> ComposeResult:
        yield KeyButton("Export", "enter", id="take")
        yield KeyButton("Cancel", "esc", id="safe")

    def small_print(self) -> ComposeResult:
        yield self.paragraph("", id="hint", classes="small-print")

    def action_other(self, step: int) -> None:
        self.selection_line.step(step)
        self._changed()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._changed()

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        event.stop()
        typed = self.query_one("#path", Input).value.strip()
        asked = typed not in ("", self._proposed)
        self.dismiss(Share(event.name, self.selection_line.selection, _path(typed) if asked else None))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say so if the file exists."""
        event.stop()
        typed = event.value.strip()
        text = "Secrets that are known are taken out; signatures stay."
        exists = os.path.isfile(_path(typed))  # noqa: PTH113 -- Path.is_file raises for a path that cannot be looked at
        if exists and typed not in ("", self._proposed):
            text = "This file exists: it is overwritten."
        self.query_one("#hint", Static).update(Content(text))

    def _changed(self) -> None:
        """Propose a name for the format, unless another path was typed."""
        path = self.query_one("#path", Input)
        if path.value in ("", self._proposed):
            self._proposed = file_name(FORMATS[self.query_one(Menu).chosen or "payload"], self.selection_line.selection)
            path.value = self._proposed


def _path(typed: str) -> Path:
    """Return what was typed as a path, `~` being a home directory where there is one."""
    with suppress(RuntimeError):
        return Path(typed).expanduser()
    return Path(typed)


def file_name(form: Format, selection: Selection) -> str:
    """Return the default name of an export: a directory if the format cannot hold several deliveries."""
    if selection.seq is not None:
        return form.file_name(selection.seq)
    return form.joint_file_name() if form.joins else "deliveries"


def _items() -> list[Item]:
    return [Item(form.name, _KEYS[form.name], form.title) for form in FORMATS.values()]
