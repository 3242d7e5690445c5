"""Simulates an event: its name, destination and payload."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.suggester import SuggestFromList
from textual.widgets import Input

from webhook_tui.domain.delivery.text import visible
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import Field, Mistake, UrlField
from webhook_tui.ui.widgets.choice_line import ChoiceLine
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_RECEIVER, _FORWARD, _URL = "receiver", "forward", "url"
_MOST_NAMED = 6
_SAMPLE, _STORED, _SAMPLE_EDITED, _STORED_EDITED = "sample", "stored", "sample-edited", "stored-edited"
_FILE = "file"


class Simulation(Struct, frozen=True):
    """What was chosen."""

    event: str
    url: str | None
    """None: the receiver."""
    of_stored: bool
    """The payload is that of the delivery under the cursor, else a sample."""
    edit: bool
    """In the editor first."""
    path: str = ""
    """The payload is what this file holds, if it names one."""


class SimulateDialog(Dialog[Simulation]):
    """Asks for the event. Enter sends; up and down move through the fields."""

    AUTO_FOCUS = "#kind"
    TITLE_TEXT = "Simulate an event"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "field(-1)", "Up", show=False, id="simulate.up", tooltip="the field above"),
        Binding("down", "field(1)", "Down", show=False, id="simulate.down", tooltip="the field below"),
        Binding("enter", "send", "Send", show=False, id="simulate.send", tooltip="send it"),
    ]
    DEFAULT_CSS = """
    SimulateDialog Field > .label { width: 9; }
    SimulateDialog #to-url, SimulateDialog #of-file { display: none; }
    """

    def __init__(
        self, *, event: str, kinds: Sequence[str], seq: int | None, forward_to: str | None, last_url: str
    ) -> None:
        """`event`: the proposed name; `kinds`: known names; `seq`: the delivery whose payload can be sent."""
        super().__init__()
        self._event = event
        self._kinds = tuple(kinds)
        self._seq = seq
        self._forward_to = forward_to
        self._last_url = last_url

    def body(self) -> ComposeResult:
        yield self.paragraph("It is signed with the current secret, as PiktID would sign it.")
        yield self.paragraph("")
        suggester = SuggestFromList(self._kinds, case_sensitive=False)
        yield Field("kind", Input(self._event, id="kind", suggester=suggester, max_length=200, select_on_focus=True))
        forward = [(_FORWARD, "your app")] if self._forward_to is not None else []
        yield Field("to", ChoiceLine([(_RECEIVER, "the receiver"), *forward, (_URL, "a URL")], id="where"))
        yield UrlField(self._last_url, "URL", id="to-url")
        own = f"#{self._seq}"
        stored = [(_STORED, own), (_STORED_EDITED, f"{own}, edited")] if self._seq is not None else []
        samples = [(_SAMPLE, "sample"), (_SAMPLE_EDITED, "sample, edited")]
        yield Field("payload", ChoiceLine([*samples, (_FILE, "file"), *stored], id="payload"))
        yield Field("file", Input(id="path", select_on_focus=True), id="of-file")
        yield Mistake("Enter an event name, such as ping.", id="unnamed")
        yield Mistake("Name the file that holds the payload.", id="no-path")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Send", "enter", id="send")
        yield KeyButton("Cancel", "esc", id="safe")

    def small_print(self) -> ComposeResult:
        known = visible(", ".join(self._kinds[:_MOST_NAMED]))
        yield self.paragraph(f"→ completes: {known}. ↑ ↓ go from field to field.", classes="small-print")

    def on_choice_line_chosen(self, event: ChoiceLine.Chosen) -> None:
        """Show the fields of a URL and a file when they are chosen."""
        event.stop()
        self.query_one("#to-url").display = self._where == _URL
        self.query_one("#of-file").display = self._payload == _FILE

    @property
    def _where(self) -> str:
        return self.query_one("#where", ChoiceLine).chosen

    @property
    def _payload(self) -> str:
        return self.query_one("#payload", ChoiceLine).chosen

    def action_field(self, step: int) -> None:
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_send(self) -> None:
        """Send the event if all fields are valid."""
        kind = self.query_one("#kind", Input).value.strip()
        self.query_one("#unnamed").display = not kind
        if not kind:
            self.query_one("#kind").focus()
            return
        url = None
        if self._where == _FORWARD:
            url = self._forward_to
        elif self._where == _URL and (url := self.query_one(UrlField).url()) is None:
            return
        payload = self._payload
        path = self.query_one("#path", Input).value.strip() if payload == _FILE else ""
        self.query_one("#no-path").display = payload == _FILE and not path
        if payload == _FILE and not path:
            self.query_one("#path").focus()
            return
        is_edited = payload in (_SAMPLE_EDITED, _STORED_EDITED)
        self.dismiss(Simulation(kind, url, payload in (_STORED, _STORED_EDITED), is_edited, path))
