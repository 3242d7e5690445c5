"""The question before the webhook is deleted."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from webhook_tui.domain import units
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.format.addresses import short_url
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class DeleteDialog(Dialog[bool]):
    """Returns True to delete."""

    TONE = "error"
    TITLE_TEXT = "Delete the webhook?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "dismiss(True)", "Delete it", show=False, id="delete.confirm", tooltip="delete it"),
    ]

    def __init__(self, url: str, received: int) -> None:
        super().__init__()
        self._url = url
        self._received = received

    def body(self) -> ComposeResult:
        kept = {0: "What was received stays here.", 1: "The delivery received stays here."}.get(
            self._received, f"The {units.count(self._received)} deliveries received stay here."
        )
        yield self.paragraph(
            f"PiktID stops sending to {short_url(self._url)}. {kept} u registers again, with a new secret."
        )

    def buttons(self) -> ComposeResult:
        yield KeyButton("Keep it", "esc", id="safe")
        yield KeyButton("Delete it", "d", id="delete", runs="dismiss(True)", danger=True)
