"""Help: the keys that work where the focus was, read from the active bindings; a click presses a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.format.keys import HelpRow


class HelpLine(Static):
    """A line that can be clicked."""

    DEFAULT_CSS = "HelpLine { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    class Clicked(Message):
        """The line was clicked."""

        def __init__(self, row: HelpRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, row: HelpRow) -> None:
        super().__init__(Content.assemble((f"{row.keys:<12}", "bold $primary"), row.does))
        self.row = row

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Clicked(self.row))


class HelpDialog(Dialog[str]):
    """Returns the key to press, if one was clicked.

    Not Textual's HelpPanel, which takes a third of the width from the panes and whose keys cannot be clicked.
    """

    AUTO_FOCUS = "#sheet"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,q", "safe", "Close", show=False, id="help.close", tooltip="close the help"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down", tooltip="scroll down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up", tooltip="scroll up"),
    ]
    DEFAULT_CSS = """
    HelpDialog > #sheet { width: 76; }
    HelpDialog #columns { height: auto; }
    HelpDialog .column { height: auto; width: 1fr; }
    HelpDialog .group-title { color: $muted; height: 1; }
    HelpDialog #buttons { display: none; }
    HelpDialog .small-print { margin: 0; }
    """

    def __init__(self, where: str, rows: Sequence[HelpRow]) -> None:
        self.TITLE_TEXT = f"Keys: {where}"
        super().__init__()
        self._rows = rows

    def body(self) -> ComposeResult:
        groups: dict[str, list[HelpRow]] = {}
        for row in self._rows:
            groups.setdefault(row.group, []).append(row)
        names = list(groups)
        with Horizontal(id="columns"):
            for column in (names[::2], names[1::2]):
                with Vertical(classes="column"):
                    for name in column:
                        yield Static(Content(name), classes="group-title")
                        for row in groups[name]:
                            yield HelpLine(row)
                        yield Static(" ")

    def small_print(self) -> ComposeResult:
        yield self.paragraph("esc closes; a click on a key does what the key does", classes="small-print")

    def on_help_line_clicked(self, event: HelpLine.Clicked) -> None:
        event.stop()
        self.dismiss(event.row.press)

    def action_scroll(self, lines: int) -> None:
        self.query_one("#sheet").scroll_relative(y=lines, animate=False)
