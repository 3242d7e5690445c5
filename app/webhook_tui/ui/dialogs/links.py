"""Asks which link of a payload to open, and shows it in full first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.messages import CopyRequested
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.menu import Item, Menu

_LONGEST_SHORT = 60


class LinksDialog(Dialog[str]):
    """Returns the link."""

    AUTO_FOCUS = "Menu"
    TITLE_TEXT = "Links in this payload"

    def __init__(self, links: Sequence[str]) -> None:
        super().__init__()
        self._items = [Item(link, str(number), _short(link)) for number, link in enumerate(dict.fromkeys(links), 1)]

    def body(self) -> ComposeResult:
        yield Menu(self._items)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Cancel", "esc", id="safe")

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        event.stop()
        self.dismiss(event.name)


class OpenLinkDialog(Dialog[bool]):
    """Returns True to open."""

    TONE = "warning"
    TITLE_TEXT = "Open this link?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "dismiss(True)", "Open", show=False, id="link.open", tooltip="open it in the browser"),
        Binding("c", "copy", "Copy", show=False, id="link.copy", tooltip="copy it"),
    ]

    def __init__(self, link: str, verdict: Verdict) -> None:
        super().__init__()
        self._link = link
        self._verdict = verdict

    def body(self) -> ComposeResult:
        yield self.paragraph(Content.assemble((visible(self._link), "$json-string")))
        yield self.paragraph("")
        host = visible(urlsplit(self._link).hostname or "")
        proof = "Its signature is valid." if self._verdict.is_good else "Nothing proves that PiktID sent it."
        yield self.paragraph(f"It leads to {host}. {proof}")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Cancel", "esc", id="safe")
        yield KeyButton("Copy", "c", id="copy")
        yield KeyButton("Open in the browser", "b", id="open", runs="dismiss(True)")

    def action_copy(self) -> None:
        self.post_message(CopyRequested(self._link, "the link"))


def _short(link: str) -> str:
    """Return host and end of a link, by which links differ."""
    shown = visible(link)
    if len(shown) <= _LONGEST_SHORT:
        return shown
    return f"{shown[:30]}…{shown[-(_LONGEST_SHORT - 31) :]}"
