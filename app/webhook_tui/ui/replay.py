"""What the user does with deliveries: answer by a rule, forward, replay, edit and replay; the app's part of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from textual.app import App, SuspendNotSupported

from webhook_tui.domain.answer_rules.rules import AnswerRule
from webhook_tui.domain.commands import (
    Command,
    ReplayDeliveries,
    SetAnswerRule,
    SetForwarding,
    SimulateEvent,
    StopReplay,
)
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, ProblemError, Severity
from webhook_tui.domain.filtering.time_range import TimeRange
from webhook_tui.domain.forwarding.replay_progress import ReplayProgress, summary
from webhook_tui.domain.status import SessionStatus
from webhook_tui.editor import edit
from webhook_tui.sandbox.samples import sample_body
from webhook_tui.ui.dialogs.answers import AnswersDialog
from webhook_tui.ui.dialogs.edited_replay import Edit, EditedReplay, EditedReplayDialog
from webhook_tui.ui.dialogs.forward import ForwardDialog
from webhook_tui.ui.dialogs.replay import Offer, ReplayChoice, ReplayDialog
from webhook_tui.ui.dialogs.replay_progress import ReplayingDialog
from webhook_tui.ui.dialogs.simulate import SimulateDialog, Simulation
from webhook_tui.ui.edited_body import EditableBody
from webhook_tui.ui.payload_file import read_payload
from webhook_tui.ui.selection import Selection

_UNCHANGED = Problem("Nothing changed: not sent.", "r replays it as it is.", severity=Severity.TIP)
_NO_TERMINAL = Problem("This terminal cannot be given to an editor.", "r replays the delivery as it is.")


@dataclass
class ReplayController:
    """Opens the dialogs and makes the wishes."""

    app: App[Any]
    request: Callable[[Command], None]
    occurred: Callable[[Problem | None], None]
    pick: Callable[[Selection, TimeRange | None, Callable[[], bool]], tuple[int, ...]]
    """The numbers of the deliveries that are meant; called in a thread."""
    now: Callable[[], datetime]
    edit: Callable[[bytes, int | None], bytes] = edit
    sample: Callable[[str], bytes] = sample_body
    in_ascii: bool = False
    _progress: ReplayProgress | None = field(default=None, init=False)
    _dialog: ReplayingDialog | None = field(default=None, init=False)

    def answers(self, status: SessionStatus) -> None:
        """Ask for the rule."""

        def use(rule: AnswerRule | None) -> None:
            if rule is not None:
                self.request(SetAnswerRule(rule))

        self.app.push_screen(AnswersDialog(status.rule, forwards=status.forward_to is not None), use)

    def forward(self, status: SessionStatus) -> None:
        """Ask where to forward to."""

        def begin(url: str | None) -> None:
            if url is not None:
                self.occurred(None)
                self.request(SetForwarding(url or None))

        known = status.forward_to
        self.app.push_screen(ForwardDialog(known or _last_url(status), is_on=known is not None), begin)

    def replay(self, stored: StoredDelivery, selections: Sequence[Selection], status: SessionStatus) -> None:
        """Ask which and where to, and send as it came; while several are being replayed, show how far that is."""
        if self._progress is not None and not self._progress.is_over:
            self._show_progress(self._progress)
            return
        self._ask(stored.row, status, Offer(selections, self.pick))

    def edit_and_replay(self, stored: StoredDelivery, status: SessionStatus) -> None:
        """Into the editor, then ask; the session goes on in its own thread meanwhile."""
        can_sign = status.webhook.secret_since is not None
        self._edit(stored, stored.delivery.body, Edit(_url(status), can_sign, can_sign))

    def _edit(self, stored: StoredDelivery, body: bytes, before: Edit) -> None:
        """Edit a body, what is left of an earlier edit or the delivery's own, and show what differs from that."""
        original, seq = stored.delivery.body, stored.row.seq
        after = self.edited(body, seq, indented=before.re_sign)
        if after is None:
            after = body
        elif after == original:
            self.occurred(_UNCHANGED)
        if after == original:
            return

        def answered(choice: EditedReplay | None) -> None:
            if choice is None:
                return
            if choice.edit_again:
                self._edit(stored, after, replace(before, url=choice.url, re_sign=choice.re_sign))
                return
            self.occurred(None)
            self.request(ReplayDeliveries((seq,), choice.url, choice.re_sign, after))

        self.app.push_screen(EditedReplayDialog(seq, original, after, before), answered)

    def edited(self, body: bytes, seq: int | None, *, indented: bool) -> bytes | None:
        """What the user made of a body in the editor; None, and the notice says why, when that cannot be."""
        editable = EditableBody.of(body, indented=indented)
        try:
            with self.app.suspend():
                return editable.edited(self.edit(editable.text, seq))
        except ProblemError as error:
            self.occurred(error.problem)
        except SuspendNotSupported:
            self.occurred(_NO_TERMINAL)
        return None

    def simulate(self, stored: StoredDelivery | None, kinds: Sequence[str], status: SessionStatus) -> None:
        """Ask for kind, destination and payload of an event of our own; `stored`: the delivery under the cursor."""

        def send(chosen: Simulation | None) -> None:
            if chosen is None:
                return
            self.occurred(None)
            body = stored.delivery.body if stored is not None and chosen.of_stored else None
            if chosen.path:
                try:
                    body = read_payload(chosen.path)
                except ProblemError as error:
                    self.occurred(error.problem)
                    return
            if chosen.edit:
                seq = None if stored is None or body is None else stored.row.seq
                body = self.edited(self.sample(chosen.event) if body is None else body, seq, indented=True)
                if body is None:
                    return
            self.request(SimulateEvent(chosen.event, chosen.url, body))

        named = "" if stored is None else stored.row.event
        dialog = SimulateDialog(
            event=visible(named) or KNOWN_EVENTS[0],
            kinds=tuple(visible(kind) for kind in kinds),
            seq=None if stored is None else stored.row.seq,
            forward_to=status.forward_to,
            last_url=_last_url(status),
        )
        self.app.push_screen(dialog, send)

    def advanced(self, progress: ReplayProgress) -> None:
        """The replay of several came further: show it, unless it is hidden; what ended unseen is said."""
        is_new = self._progress is None or self._progress.is_over
        self._progress = progress
        if is_new:
            self._show_progress(progress)
        elif self._dialog is not None:
            self._dialog.show(progress)
        elif progress.is_over:
            severity = Severity.WARNING if progress.missed else Severity.TIP
            self.occurred(Problem(summary(progress), "", severity=severity))

    def _show_progress(self, progress: ReplayProgress) -> None:
        def stop() -> None:
            self.request(StopReplay())

        def closed(again: tuple[int, ...] | None) -> None:
            self._dialog = None
            if again:
                self.request(ReplayDeliveries(again, progress.url, progress.re_sign))

        self._dialog = ReplayingDialog(progress, stop=stop, in_ascii=self.in_ascii)
        self.app.push_screen(self._dialog, closed)

    def _ask(self, row: DeliveryRow, status: SessionStatus, offer: Offer) -> None:
        def send(choice: ReplayChoice | None) -> None:
            if choice is not None:
                self.occurred(None)
                self.request(ReplayDeliveries(choice.seqs, choice.url, choice.re_sign))

        dialog = ReplayDialog(row, status.used_urls, status.forward_to or "", now=self.now, offer=offer)
        self.app.push_screen(dialog, send)


def _last_url(status: SessionStatus) -> str:
    """Where the user had deliveries sent to last, or ""."""
    return status.used_urls[0].url if status.used_urls else ""


def _url(status: SessionStatus) -> str:
    return status.forward_to or _last_url(status)
