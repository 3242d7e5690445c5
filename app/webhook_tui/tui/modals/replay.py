"""The question before a replay: of which deliveries, where to, with which signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from webhook_tui.domain.problem import ProblemError
from webhook_tui.domain.span import EXAMPLE, Span, SpanError, span
from webhook_tui.domain.text import visible
from webhook_tui.tui.modals.sending import UrlDialog
from webhook_tui.tui.selection import Selection
from webhook_tui.tui.widgets.key_button import KeyButton

_ONE = "It is sent byte for byte as it came, once, and not by PiktID."


@dataclass(frozen=True, slots=True)
class ReplayChoice:
    """Which, where to, and with which signature."""

    seqs: tuple[int, ...]
    url: str
    sign_anew: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be replayed besides the one under the cursor, and how to find out which deliveries that are."""

    selections: Sequence[Selection]
    pick: Callable[[Selection, Span | None, Callable[[], bool]], tuple[int, ...]]
    """The numbers, in order; called in a thread, which asks the last argument whether they are still wanted."""
    now: Callable[[], datetime]


class ReplayDialog(UrlDialog[ReplayChoice]):
    """Means the delivery under the cursor, unless up and down choose others."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "anew", "Signed anew", show=False, id="replay.anew", tooltip="with the current secret"),
        Binding("a", "received", "As received", show=False, id="replay.received", tooltip="with its own signature"),
        Binding("up", "other(-1)", "Before", show=False, id="replay.before", tooltip="other deliveries"),
        Binding("down", "other(1)", "Next", show=False, id="replay.next", tooltip="other deliveries"),
    ]
    DEFAULT_CSS = """
    ReplayDialog #of { margin: 0 0 1 0; }
    ReplayDialog #timed { display: none; }
    ReplayDialog #when { width: 30; }
    ReplayDialog #timed #said { width: 1fr; padding: 0 1; }
    """

    class Picked(Message):
        """The deliveries that are meant are known."""

        def __init__(self, request: int, seqs: tuple[int, ...] | str) -> None:
            super().__init__()
            self.request = request
            self.seqs = seqs
            """Or a sentence that says why there are none."""

    def __init__(self, seq: int, url: str, *, offer: Offer | None = None) -> None:
        self.TITLE_TEXT = f"Replay #{seq}"
        super().__init__()
        self._seq = seq
        self._url = url
        self._offer = offer
        self._at = 0
        self._request = 0
        self._seqs: tuple[int, ...] | None = (seq,)
        """None: being looked for."""
        self._waits: bool | None = None
        """What was pressed before they were found: signed anew or not."""

    def on_mount(self) -> None:
        """The focus goes where enter does the likely thing."""
        self.query_one("#received" if self._url else "#url").focus()

    def words(self) -> ComposeResult:
        """What is sent, and where to."""
        if self._offer is not None:
            yield self.paragraph(self._of(), id="of")
            with Horizontal(id="timed", classes="entry"):
                yield Static(Content("when"))
                yield Input(placeholder=EXAMPLE, id="when", select_on_focus=False)
        yield self.paragraph(_ONE, id="what")
        yield from self.field(self._url)

    def buttons(self) -> ComposeResult:
        """Which signature, or not at all."""
        yield KeyButton("As received", "a", id="received")
        yield KeyButton("Signed anew", "s", id="anew")
        yield KeyButton("Cancel", "esc", id="safe")

    # Which

    @property
    def _selection(self) -> Selection | None:
        return None if self._offer is None else self._offer.selections[self._at]

    def action_other(self, step: int) -> None:
        """Mean other deliveries."""
        if self._offer is None:
            return
        self._at = (self._at + step) % len(self._offer.selections)
        is_timed = self._offer.selections[self._at].is_timed
        self.query_one("#of", Static).update(self._of())
        self.query_one("#timed").display = is_timed
        if is_timed:
            self.query_one("#when", Input).focus()
        elif self.focused is None or self.focused.id == "when":
            self.query_one("#received" if self._url else "#url").focus()
        self._look()

    def _of(self) -> Content:
        chosen = self._selection
        parts = [
            Content.assemble((one.words, "bold underline $primary" if one is chosen else "$muted"))
            for one in (self._offer.selections if self._offer is not None else ())
        ]
        return Content("   ").join(parts) + Content.assemble(("   ↑ ↓", "$muted"))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another time, other deliveries."""
        event.stop()
        if event.input.id == "when":
            self._look()

    def _look(self) -> None:
        """Find out which they are; what is looked for already is not wanted any more."""
        self._request += 1
        self._seqs, self._waits = None, None
        offer, selection = self._offer, self._selection
        if offer is None or selection is None:
            return
        if selection.seq is not None:
            self._know((selection.seq,))
            return
        during = None
        if selection.is_timed:
            typed = self.query_one("#when", Input).value
            try:
                during = span(typed, offer.now())
            except SpanError as error:
                self._know((), str(error) if typed.strip() else f"Write a time, or two: {EXAMPLE}.")
                return
        self._say("Replay", "They are being counted.")
        self._pick(offer, selection, during, self._request)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _pick(self, offer: Offer, selection: Selection, during: Span | None, request: int) -> None:
        worker = get_current_worker()
        found: tuple[int, ...] | str
        try:
            found = offer.pick(selection, during, lambda: not worker.is_cancelled)
        except ProblemError as error:
            found = error.problem.what
        if not worker.is_cancelled:
            self.post_message(self.Picked(request, found))

    def on_replay_dialog_picked(self, event: Picked) -> None:
        """Say how many, and send them if that was asked for meanwhile."""
        event.stop()
        if event.request != self._request:
            return
        waits, self._waits = self._waits, None
        if isinstance(event.seqs, str):
            self._know((), event.seqs)
        else:
            self._know(event.seqs, "There is no such delivery.")
        if waits is not None:
            self._send(sign_anew=waits)

    def _know(self, seqs: tuple[int, ...], otherwise: str = "") -> None:
        self._seqs = seqs
        if not seqs:
            self._say("Replay", otherwise)
        elif len(seqs) == 1:
            self._say(f"Replay #{seqs[0]}", _ONE)
        else:
            self._say(
                f"Replay {len(seqs):,} deliveries",
                f"#{seqs[0]} to #{seqs[-1]} are sent byte for byte, one after the other, as they came.",
            )

    def _say(self, title: str, what: str) -> None:
        self.query_one("#title", Static).update(Content(title))
        self.query_one("#what", Static).update(Content(visible(what)))

    # Where to, and how

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field does what the first button does."""
        event.stop()
        self._send(sign_anew=False)

    def action_received(self) -> None:
        """Its own signature."""
        self._send(sign_anew=False)

    def action_anew(self) -> None:
        """A new signature."""
        self._send(sign_anew=True)

    def _send(self, *, sign_anew: bool) -> None:
        url = self.url()
        if url is None:
            return
        if self._seqs is None:
            self._waits = sign_anew
        elif self._seqs:
            self.dismiss(ReplayChoice(self._seqs, url, sign_anew))
