"""The question before an edited delivery is replayed: the changes, the URL, the signature."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import UrlField
from webhook_tui.ui.dialogs.page import PageDialog
from webhook_tui.ui.format.comparison.changes import changes_text, warning_text
from webhook_tui.ui.format.comparison.deliveries import payload_comparison
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_WIDTH = 69
_RE_SIGNED = "Signed with the current secret. The old signature no longer matches: k keeps it, to test a refusal."
_KEPT = "Keeps the original signature, which no longer matches: k signs with the current secret."
_NO_SECRET = "There is no current secret to sign with: the original signature is kept, which no longer matches."  # noqa: S105 -- a sentence


class Edit(Struct, frozen=True):
    """What the dialog starts with."""

    url: str
    can_sign: bool
    """There is a current secret."""
    re_sign: bool


class EditedReplay(Struct, frozen=True):
    """What the user chose."""

    url: str
    re_sign: bool
    edit_again: bool = False


class EditedReplayDialog(Dialog[EditedReplay]):
    """Shows the changes by JSON path. Returns URL and signature, or to edit again."""

    AUTO_FOCUS = ""
    OPENS_BY_ITSELF = True  # when the editor ends
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "send", "Send", show=False, id="edited.send", tooltip="send the edited delivery"),
        Binding("k", "signature", "Signature", show=False, id="edited.signature", tooltip="keep the signature, or not"),
        Binding("e", "again", "Edit again", show=False, id="edited.again", tooltip="edit again"),
        Binding("y", "diff", "Diff", show=False, id="edited.diff", tooltip="show the whole diff"),
    ]
    DEFAULT_CSS = """
    EditedReplayDialog #changes { margin: 0 0 1 0; }
    EditedReplayDialog #warning { color: $warning; }
    """

    def __init__(self, seq: int, before: bytes, after: bytes, edit: Edit) -> None:
        self.TITLE_TEXT = f"Replay #{seq} with your changes?"
        super().__init__()
        self._seq = seq
        self._before = before
        self._after = after
        self._edit = edit
        self._re_signs = edit.re_sign

    def on_mount(self) -> None:
        """Focus the button, or the field while it is empty."""
        self.query_one("#send" if self._edit.url else "#url").focus()

    def body(self) -> ComposeResult:
        if warning := warning_text(self._before, self._after):
            yield self.paragraph(warning, id="warning")
        yield self.paragraph(changes_text(self._before, self._after, _WIDTH), id="changes")
        yield UrlField(self._edit.url)
        yield self.paragraph(self._signature(), id="signature")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Cancel", "esc", id="safe")
        yield KeyButton("Send", "s", id="send")
        yield KeyButton("Edit again", "e", id="again")

    def _signature(self) -> str:
        if not self._edit.can_sign:
            return _NO_SECRET
        return _RE_SIGNED if self._re_signs else _KEPT

    def submit(self) -> None:
        self.action_send()

    def action_send(self) -> None:
        if (url := self.query_one(UrlField).url()) is not None:
            self.dismiss(EditedReplay(url, self._re_signs))

    def action_signature(self) -> None:
        if self._edit.can_sign:
            self._re_signs = not self._re_signs
            self.query_one("#signature", Static).update(Content(self._signature()))

    def action_again(self) -> None:
        url = self.query_one(UrlField).input.value.strip()
        self.dismiss(EditedReplay(url, self._re_signs, edit_again=True))

    def action_diff(self) -> None:
        text = payload_comparison(self._before, self._after)
        self.app.push_screen(PageDialog(f"#{self._seq} and your changes", text, "the diff", ("Replay",)))
