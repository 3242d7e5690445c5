"""What is asked about stored deliveries: a comment, and before they are deleted."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from webhook_tui.domain import units
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class CommentDialog(Dialog[str]):
    """The answer is the text, "" to take a comment away; None: as it was."""

    AUTO_FOCUS = "#comment"

    def __init__(self, seq: int, comment: str) -> None:
        super().__init__()
        self.TITLE_TEXT = f"Comment on #{seq}"
        self._comment = comment

    def words(self) -> ComposeResult:
        """The one field."""
        yield Input(self._comment, id="comment", select_on_focus=False, max_length=2000)

    def buttons(self) -> ComposeResult:
        """Cancel, keep."""
        yield KeyButton("Cancel", "esc", id="safe")
        yield KeyButton("Keep it", "enter", id="keep")

    def small_print(self) -> ComposeResult:
        """What it is for."""
        yield self.paragraph("It stays with the delivery; comment:word filters by it.", classes="small-print")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter keeps."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Keep what was typed."""
        self.dismiss(self.query_one("#comment", Input).value.strip())


class DeleteDeliveriesDialog(Dialog[bool]):
    """The answer is True for delete."""

    TONE = "error"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "delete", "Delete", show=False, id="forget.confirm", tooltip="delete"),
    ]

    def __init__(self, seq: int | None, total: int) -> None:
        """`seq`: that one; None: all but the marked, of `total`."""
        super().__init__()
        self.TITLE_TEXT = "Delete all deliveries but the marked?" if seq is None else f"Delete delivery #{seq}?"
        self._seq = seq
        self._total = total

    def words(self) -> ComposeResult:
        """What it does."""
        if self._seq is None:
            stored = f"{units.count(self._total)} deliveries are stored, those of earlier runs included."
            yield self.paragraph(f"{stored} All that are not marked go, for good; PiktID does not send them again.")
        else:
            yield self.paragraph("It goes from the history for good; PiktID does not send it again.")

    def buttons(self) -> ComposeResult:
        """Keep, delete."""
        yield KeyButton("Keep", "esc", id="safe")
        yield KeyButton("Delete", "d", id="delete", danger=True)

    def action_delete(self) -> None:
        """Delete."""
        self.dismiss(True)
