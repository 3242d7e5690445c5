"""The ring of signing secrets: origin and use of each; reveal, copy, add and remove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from webhook_tui.domain import units
from webhook_tui.domain.commands import RemoveSecret
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.queries import ListSecrets, RevealSecret
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, RingEntry
from webhook_tui.ui.dialogs.dialog import Dialog, ask
from webhook_tui.ui.dialogs.secrets.add import AddSecretDialog
from webhook_tui.ui.messages import AnswerRequested, CommandRequested, CopyRequested, RingChanged
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.table.list_table import Cell, ListColumn, ListTable, TableSpec, fitted
from webhook_tui.ui.widgets.table.table import Table

REVEAL_SECONDS = 10.0
_MOST_LINES = 8
_MOST_DOTS = 44
_COLUMNS = (
    ListColumn("id", "id", 4),
    ListColumn("use", "used for", 22),
    ListColumn("from", "from", 19),
    ListColumn("since", "since", 10),
    ListColumn("verifies", "verifies", 8),
)
_ORDER = ("id", "from", "since", "use", "verifies")


class SecretsDialog(Dialog[None]):
    """Lists the ring. A secret is masked; it can be revealed for ten seconds."""

    AUTO_FOCUS = "Table"
    TITLE_TEXT = "Signing secrets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "reveal", "Reveal", show=False, id="secrets.reveal", tooltip="reveal it for 10 s"),
        Binding("c", "copy", "Copy", show=False, id="secrets.copy", tooltip="copy it"),
        Binding("p", "add", "Add", show=False, id="secrets.add", tooltip="add a secret"),
        Binding("D", "remove", "Remove", show=False, id="secrets.remove", tooltip="remove it (asks)"),
        Binding("d", "confirm", "Remove it", show=False, id="secrets.confirm", tooltip="remove it"),
    ]
    DEFAULT_CSS = """
    SecretsDialog > #sheet { width: 77; padding: 1 2 1 0; }
    SecretsDialog #sheet > Static, SecretsDialog #buttons { padding: 0 0 0 2; }
    SecretsDialog Table { height: 2; }
    SecretsDialog #secret { margin: 1 0 0 0; }
    SecretsDialog #keep, SecretsDialog #confirm { display: none; }
    SecretsDialog.-asking #keep, SecretsDialog.-asking #confirm { display: block; }
    SecretsDialog.-asking #safe, SecretsDialog.-asking #reveal, SecretsDialog.-asking #copy, SecretsDialog.-asking #add,
    SecretsDialog.-asking #remove { display: none; }
    """

    def __init__(self, ring_place: str, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        """`ring_place`: where the ring is stored, in a word or two; "" if nothing is kept after this run."""
        super().__init__()
        self._ring_place = ring_place
        self._now = now
        self._in_ascii = in_ascii
        self._entries: Sequence[RingEntry] | None = None
        self._asked_about: str | None = None
        """The id of the secret about which the row asks whether to remove it."""
        self._revealed: tuple[str, Secret] | None = None
        """The id of the secret that is shown, and the secret."""
        self._was_revealed = False
        """The key that is being handled has hidden it."""
        self._timer: Timer | None = None
        spec: TableSpec[RingEntry] = TableSpec(
            _columns, self._cell, key=lambda entry: entry.secret_id, whole=self._question
        )
        self._table = ListTable(spec, id="secrets", in_ascii=in_ascii)

    def body(self) -> ComposeResult:
        yield self._table.widget
        yield self.paragraph("", id="secret")
        yield self.paragraph(
            "The id is the start of its SHA-256 and does not reveal it.\n"
            "PiktID shows a secret once, when the webhook is registered."
        )

    def buttons(self) -> ComposeResult:
        yield KeyButton("Close", "esc", id="safe")
        yield KeyButton("Reveal 10 s", "r", id="reveal")
        yield KeyButton("Copy", "c", id="copy")
        yield KeyButton("Add", "p", id="add")
        yield KeyButton("Remove", "D", id="remove", danger=True)
        yield KeyButton("Keep it", "esc", id="keep")
        yield KeyButton("Remove it", "d", id="confirm", danger=True)

    def on_mount(self) -> None:
        self._show()
        self._ask()

    def on_resize(self) -> None:
        """Align the place of the ring at the right."""
        self.call_after_refresh(self._show)

    def on_ring_changed(self, message: RingChanged) -> None:
        message.stop()
        self._ask()

    def _ask(self) -> None:
        self.post_message(AnswerRequested(self, ListSecrets(), self._list))

    def _list(self, entries: Sequence[RingEntry]) -> None:
        is_first = self._entries is None
        self._entries = entries
        self._table.show(entries)
        if is_first:
            self._table.widget.move_to_place(0)
        self._table.widget.styles.height = 1 + max(1, min(len(entries), _MOST_LINES))
        self._stop_asking()

    def on_table_cursor_moved(self, event: Table.CursorMoved) -> None:
        event.stop()
        self._stop_asking()

    def on_key(self, _event: events.Key) -> None:
        """Mask the secret after any key."""
        self._was_revealed = self._revealed is not None
        self._hide()

    def action_reveal(self) -> None:
        if not self._was_revealed:
            self._request_secret(self._reveal)

    def action_copy(self) -> None:
        self._request_secret(self._copy)

    def action_add(self) -> None:
        dialog = AddSecretDialog(self._ring_place)
        ask(self.app, dialog, lambda command: self.post_message(CommandRequested(command)))

    def action_remove(self) -> None:
        """Ask for confirmation in the row; the current secret cannot be removed."""
        if (entry := self._table.chosen) is not None and not entry.is_current:
            self._asked_about = entry.secret_id
            self.set_class(True, "-asking")
            self._show()

    def action_confirm(self) -> None:
        """Remove the secret whose row asks."""
        if self._asked_about is not None:
            self.post_message(CommandRequested(RemoveSecret(self._asked_about)))
            self._stop_asking()

    def action_safe(self) -> None:
        """Cancel the question in the row; without one close."""
        if self._asked_about is None:
            super().action_safe()
        else:
            self.action_keep()

    def action_keep(self) -> None:
        self._stop_asking()

    def _short_id(self, secret_id: str) -> str:
        return next((entry.short_id for entry in self._entries or () if entry.secret_id == secret_id), "")

    def _request_secret(self, use: Callable[[str, Secret], None]) -> None:
        entry = self._table.chosen
        if entry is None:
            return
        secret_id = entry.secret_id

        def answered(secret: Secret | None) -> None:
            if secret is not None:
                use(secret_id, secret)

        self.post_message(AnswerRequested(self, RevealSecret(secret_id), answered))

    def _copy(self, secret_id: str, secret: Secret) -> None:
        self.post_message(CopyRequested(secret.reveal(), f"secret {self._short_id(secret_id)}"))

    def _reveal(self, secret_id: str, secret: Secret) -> None:
        self._revealed = secret_id, secret
        self._timer = self.set_timer(REVEAL_SECONDS, self._hide)
        self._show()

    def _hide(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._revealed is not None:
            self._revealed = None
            self._show()

    def _stop_asking(self) -> None:
        self._asked_about = None
        self.set_class(False, "-asking")
        self._show()

    def _show(self) -> None:
        entry = self._table.chosen
        self._table.widget.empty = (
            "" if self._entries is None else "No secret yet. u registers and gets one; p adds yours."
        )
        self._table.widget.refresh()
        title = self.query_one("#title", Static)
        title.update(self._title(title.content_size.width))
        self.query_one("#secret", Static).update(Content.empty() if entry is None else self._line(entry))
        for name in ("reveal", "copy"):
            self.query_one(f"#{name}", KeyButton).disabled = entry is None
        self.query_one("#remove", KeyButton).disabled = entry is None or entry.is_current

    def _title(self, width: int) -> Content:
        if self._entries is None:
            return Content(self.TITLE_TEXT)
        note = f"{len(self._entries)} in the ring · {self._ring_place or 'this run only'}"
        gap = width - len(self.TITLE_TEXT) - len(note)
        return Content.assemble(self.TITLE_TEXT, " " * max(2, gap), (note, "not bold $muted"))

    def _line(self, entry: RingEntry) -> Content:
        shown = self._revealed
        if shown is not None and shown[0] == entry.secret_id:
            text = visible(shown[1].reveal())
        else:
            text = "•" * min(entry.length, _MOST_DOTS)
        return Content.assemble(
            (entry.short_id, "$json-string"),
            "  ",
            (text, "$json-string"),
            f"  {units.counted(entry.length, 'character')}",
        )

    def _cell(self, entry: RingEntry, column: str) -> Cell:
        now = self._now()
        match column:
            case "id":
                return entry.short_id, "link"
            case "from":
                is_by_hand = entry.origin in (Origin.KEPT, Origin.ENTERED)
                return "added with p" if is_by_hand else entry.origin.label, ""
            case "since":
                return units.day_time(entry.since, now), "muted"
            case "use":
                return entry.used_for(now), "" if entry.is_current else "muted"
            case _:
                return units.count(entry.verifies), _verifies_role(entry)

    def _question(self, entry: RingEntry) -> Cell | None:
        if entry.secret_id != self._asked_about:
            return None
        is_last = sum(other.is_trusted for other in self._entries or ()) == 1
        become = "pending" if is_last else "invalid"
        changed = {0: "No delivery is valid with it.", 1: f"1 delivery valid with it becomes {become}."}.get(
            entry.verifies, f"{units.count(entry.verifies)} deliveries valid with it become {become}."
        )
        return f"Remove {entry.short_id}? {changed}", "attention"


def _verifies_role(entry: RingEntry) -> str:
    if not entry.verifies:
        return "muted"
    return "older" if entry.until is not None else "valid"


def _columns(width: int) -> Sequence[ListColumn]:
    """All of them from 72 cells; in less, what it is used for comes before where it is from."""
    kept = {column.name: column for column in fitted(_COLUMNS, width, least=4, most=4)}
    return [kept[name] for name in _ORDER if name in kept]
