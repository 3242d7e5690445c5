"""Dialogs about stored deliveries: their comment, and before they are deleted."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class CommentDialog(Dialog[str]):
    """Returns the comment, "" to remove it, None to keep it as it is."""

    AUTO_FOCUS = "#comment"

    def __init__(self, seq: int, comment: str) -> None:
        super().__init__()
        self.TITLE_TEXT = f"Comment on #{seq}"
        self._comment = visible(comment)  # an imported one may be anything

    def body(self) -> ComposeResult:
        yield Input(self._comment, id="comment", select_on_focus=False, max_length=2000)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Keep it", "enter", id="keep")
        yield KeyButton("Cancel", "esc", id="safe")

    def small_print(self) -> ComposeResult:
        yield self.paragraph("It stays with the delivery; comment:word filters by it.", classes="small-print")

    def action_keep(self) -> None:
        text = self.query_one("#comment", Input).value
        self.dismiss(None if text == self._comment else text.strip())


class DeleteDeliveriesDialog(Dialog[bool]):
    """Returns True to delete."""

    TONE = "error"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "dismiss(True)", "Delete", show=False, id="forget.confirm", tooltip="delete"),
    ]

    def __init__(self, seq: int | None, total: int, *, is_filtered: bool = False) -> None:
        """`seq`: the delivery to delete; None: all of `total` but the marked ones.

        `is_filtered`: whether a filter hides some of them.
        """
        super().__init__()
        self.TITLE_TEXT = "Delete all deliveries except the marked?" if seq is None else f"Delete delivery #{seq}?"
        self._seq = seq
        self._total = total
        self._is_filtered = is_filtered

    def body(self) -> ComposeResult:
        if self._seq is None:
            hidden = " and those that the filter hides" if self._is_filtered else ""
            are = "1 delivery is" if self._total == 1 else f"{units.count(self._total)} deliveries are"
            stored = f"{are} stored, those of earlier runs{hidden} included."
            yield self.paragraph(
                f"{stored} All that are not marked are deleted permanently. PiktID does not send them again."
            )
        else:
            yield self.paragraph("It is deleted permanently. PiktID does not send it again.")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Keep", "esc", id="safe")
        yield KeyButton("Delete", "d", id="delete", runs="dismiss(True)", danger=True)
