"""The question before a replay: which deliveries, which URL, which signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from msgspec import Struct
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.time_range import EXAMPLE, TimeRange, TimeRangeError, span
from webhook_tui.domain.forwarding.forward_result import UsedUrl
from webhook_tui.domain.url import is_loopback_host
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import Field, UrlField
from webhook_tui.ui.selection import Selection
from webhook_tui.ui.widgets.choice_line import ChoiceLine, ChoiceList
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_ORIGINAL, _RE_SIGNED = "original", "re-signed"
_AS = {
    _ORIGINAL: "original bytes, keep original signature",
    _RE_SIGNED: "original bytes, re-sign with the current secret",
}
_KEYS = {_ORIGINAL: "o", _RE_SIGNED: "s", "marked": "m", "filtered": "f"}


class ReplayChoice(Struct, frozen=True):
    """The deliveries, the URL, and whether to re-sign."""

    seqs: tuple[int, ...]
    url: str
    re_sign: bool


class Offer(Struct, frozen=True):
    """Selections that can be replayed besides the delivery under the cursor."""

    selections: Sequence[Selection]
    pick: Callable[[Selection, TimeRange | None, Callable[[], bool]], tuple[int, ...]]
    """The numbers, in order; called in a thread, which asks the last argument whether they are still wanted."""


_WHY_NONE = {
    "marked": "Nothing is marked: esc, then m on a row.",
    "filtered": "No delivery passes the filter.",
    "a time": "No delivery arrived then.",
}
"""By the name of a selection without deliveries."""


class ReplayDialog(Dialog[ReplayChoice]):
    """Asks what to replay and where. Enter replays; tab moves through the fields, where letters choose."""

    AUTO_FOCUS = "#url"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Replay", show=False, id="replay.send", tooltip="replay"),
        Binding("down", "earlier(1)", "Earlier", show=False, id="replay.earlier", tooltip="an earlier URL"),
        Binding("up", "earlier(-1)", "Later", show=False, id="replay.later", tooltip="a later URL"),
    ]
    DEFAULT_CSS = """
    ReplayDialog Field > .label { width: 8; }
    ReplayDialog #as-row { margin: 0 0 1 0; }
    ReplayDialog #timed { display: none; }
    ReplayDialog #used { color: $muted; padding: 0 0 0 9; }
    ReplayDialog #used.-elsewhere { color: $warning-text; }
    ReplayDialog #what { margin: 1 0 0 0; }
    """

    class Picked(Message):
        """The deliveries of the selection were found."""

        def __init__(self, request: int, seqs: tuple[int, ...] | str) -> None:
            super().__init__()
            self.request = request
            self.seqs = seqs
            """Or a sentence that says why there are none."""

    def __init__(
        self,
        row: DeliveryRow,
        urls: Sequence[UsedUrl],
        url: str,
        *,
        now: Callable[[], datetime],
        offer: Offer | None = None,
    ) -> None:
        """`row`: the delivery under the cursor; `urls`: earlier ones, the last first."""
        self.TITLE_TEXT = "Replay"
        super().__init__()
        self._row = row
        self._urls = tuple(urls)
        self._url = url or (urls[0].url if urls else "")
        self._now = now
        self._offer = offer
        selections = () if offer is None else [(one.name, one.label) for one in offer.selections]
        self._line = ChoiceLine(selections, id="of", keys=_KEYS)
        self._request = 0
        self._seqs: tuple[int, ...] | None = (row.seq,)
        """None: being looked for."""
        self._why_none = ""
        self._waits = False
        """Enter was pressed before they were found."""

    def on_mount(self) -> None:
        """Take the buttons out of the tab order: enter and the mouse press them."""
        for button in self.query(KeyButton):
            button.can_focus = False
        self._describe()

    def body(self) -> ComposeResult:
        if self._offer is not None:
            yield Field("send", self._line)
            yield Field("when", Input(placeholder=EXAMPLE, id="when", select_on_focus=False), id="timed")
        yield Field("as", ChoiceList([*_AS.items()], id="as", keys=_KEYS), id="as-row")
        yield UrlField(self._url)
        yield self.paragraph("", id="used")
        yield self.paragraph("", id="what")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Replay", "enter", id="send")
        yield KeyButton("Cancel", "esc", id="safe")

    # Which

    @property
    def _selection(self) -> Selection | None:
        if self._offer is None:
            return None
        return next(one for one in self._offer.selections if one.name == self._line.chosen)

    def show_counted(self, counted: Selection) -> None:
        """Show how many deliveries a selection has."""
        self._line.set_text(counted.name, counted.label)

    def on_choice_line_chosen(self, event: ChoiceLine.Chosen) -> None:
        event.stop()
        if event.line.id == "of" and self._selection is not None:
            self.query_one("#timed").display = self._selection.is_timed
            self._look()
        else:
            self._describe()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find the deliveries of another time, or describe another URL."""
        event.stop()
        if event.input.id == "when":
            self._look()
        else:
            self._describe()

    def _look(self) -> None:
        """Find the deliveries of the selection; cancel an earlier search."""
        self._request += 1
        self._seqs, self._waits = None, False
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
                during = span(typed, self._now())
            except TimeRangeError as error:
                self._know((), str(error) if typed.strip() else f"Write a time, or two: {EXAMPLE}.")
                return
        self._describe()
        self._pick(offer, selection, during, self._request)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _pick(self, offer: Offer, selection: Selection, during: TimeRange | None, request: int) -> None:
        worker = get_current_worker()
        found: tuple[int, ...] | str
        try:
            found = offer.pick(selection, during, lambda: not worker.is_cancelled)
        except ProblemError as error:
            found = error.problem.message
        if not worker.is_cancelled:
            self.post_message(self.Picked(request, found))

    def on_replay_dialog_picked(self, event: Picked) -> None:
        """Show how many were found, and replay them if enter was pressed meanwhile."""
        event.stop()
        if event.request != self._request:
            return
        if isinstance(event.seqs, str):
            self._know((), event.seqs)
        else:
            name = "" if self._selection is None else self._selection.name
            self._know(event.seqs, _WHY_NONE.get(name, "There is no such delivery."))
        if self._waits:
            self.action_send()

    def _know(self, seqs: tuple[int, ...], why_none: str = "") -> None:
        self._seqs, self._why_none = seqs, why_none
        self._describe()

    # As what, and where to

    @property
    def _re_signs(self) -> bool:
        return self.query_one("#as", ChoiceList).chosen == _RE_SIGNED

    def _describe(self) -> None:
        """Describe what will be sent, and the URL."""
        self.query_one("#what", Static).update(Content("\n".join(self._what())))
        url = self.query_one("#url", Input).value.strip()
        host = _host(url)
        is_elsewhere = bool(host) and not is_loopback_host(host)
        text = self.query_one("#used", Static)
        text.set_class(is_elsewhere, "-elsewhere")
        if is_elsewhere:
            label = visible(f"{host} is not this machine: real systems may act on it.")
        else:
            label = " · ".join(self._used(url, has_host=bool(host)))
        text.update(Content(label))
        text.display = bool(label)
        self.query_one("#send", KeyButton).name_it(f"Replay to {visible(host)}" if is_elsewhere else "Replay")

    def _used(self, url: str, *, has_host: bool) -> list[str]:
        parts = [
            f"last used {units.age((self._now() - used.at).total_seconds())} ago"
            for used in self._urls
            if used.url == url
        ]
        others = sum(used.url != url for used in self._urls)
        if others:
            parts.append(f"↓ {others} earlier")
        return [*parts, "this machine"] if has_host else parts

    def _what(self) -> Sequence[str]:
        seqs = self._seqs
        if seqs is None:
            return ["Counting the deliveries."]
        if not seqs:
            return [visible(self._why_none)]
        if len(seqs) > 1:
            signed = "Their signatures will be valid with the current secret."
            return [
                f"Sends {len(seqs):,} deliveries, #{seqs[0]} to #{seqs[-1]}, in order, from this machine.",
                signed if self._re_signs else "Bodies and signatures stay as received.",
            ]
        return [
            f"Sends #{seqs[0]} once, from this machine. The body stays as received.",
            self._signature(seqs[0]),
        ]

    def _signature(self, seq: int) -> str:
        if self._re_signs:
            return "Its signature will be valid with the current secret."
        if seq == self._row.seq and self._row.verdict.is_bad:
            return f"Its signature is {self._row.verdict.value}: a handler that verifies should answer 401."
        return "Its signature stays as received."

    def action_earlier(self, step: int) -> None:
        field = self.query_one("#url", Input)
        if not field.has_focus or not self._urls:
            return
        urls = [used.url for used in self._urls]
        at = urls.index(field.value) + step if field.value in urls else 0
        field.value = urls[min(max(at, 0), len(urls) - 1)]
        field.action_select_all()

    def action_send(self) -> None:
        url = self.query_one(UrlField).url()
        if url is None:
            return
        if self._seqs is None:
            self._waits = True
        elif self._seqs:
            self.dismiss(ReplayChoice(self._seqs, url, self._re_signs))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
