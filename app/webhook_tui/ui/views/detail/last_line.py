"""The last line of the detail: where the cursor is, and the inputs of search and query in its place."""

from __future__ import annotations

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from webhook_tui.ui.widgets.detail.find_input import FindInput
from webhook_tui.ui.widgets.detail.query_input import QueryInput


class LastLine(Horizontal):
    """Shows two texts, or an input."""

    DEFAULT_CSS = """
    LastLine {
        height: 1;
        & > Input, & > Input:focus {
            display: none; width: 1fr; height: 1; border: none; padding: 0; background: $panel; color: $foreground;
        }
        & > Input.-open { display: block; }
        &.-typing > Static { display: none; }
        & > Static { height: 1; text-wrap: nowrap; color: $muted; }
        & > #place { width: 1fr; text-overflow: ellipsis; }
        &.-warning > #notes { color: $warn; }
        & > #notes { width: auto; max-width: 60%; margin: 0 0 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._texts: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The inputs are hidden until they are opened."""
        yield FindInput()
        yield QueryInput()
        yield Static(id="place", markup=False)
        yield Static(id="notes", markup=False)

    def show(self, place: str, notes: str, *, warns: bool = False) -> None:
        """Show where the cursor is, and notes at the right, which may be a warning."""
        self.set_class(warns, "-warning")
        for name, text in (("place", place), ("notes", notes)):
            before, self._texts[name] = self._texts.get(name, ""), text
            if text != before:  # only another width needs a new layout of the screen
                is_wider = cell_len(text) != cell_len(before)
                self.query_one(f"#{name}", Static).update(Content(text), layout=is_wider)

    def open(self, kind: type[FindInput | QueryInput]) -> None:
        """Show an input and give it the focus."""
        self.add_class("-typing")
        self.query_one(kind).open()

    def clear_query(self) -> None:
        """Empty the query's input."""
        self.query_one(QueryInput).value = ""

    @on(FindInput.Done)
    @on(QueryInput.Kept)
    def _show_texts(self) -> None:
        self.remove_class("-typing")
