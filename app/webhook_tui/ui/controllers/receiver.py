"""The answer of the receiver: a rule, or that of the local app; and simulated events."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from webhook_tui.domain.commands import CheckReachability, SetAnswerRule, SetForwarding, SimulateEvent
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.delivery.editor import EditorController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.dialogs.dialog import ask

if TYPE_CHECKING:
    from webhook_tui.domain.answer_rules.rules import AnswerRule
    from webhook_tui.ui.dialogs.replay.simulate import Simulation


class ReceiverController:
    """Asks for the answer rule, the app to forward to, and the event to simulate."""

    def __init__(
        self,
        context: AppContext,
        deliveries: DeliveriesController,
        notices: NoticeController,
        editor: EditorController,
    ) -> None:
        self._context = context
        self._deliveries = deliveries
        self._notices = notices
        self._editor = editor

    def set_answers(self) -> None:
        """Ask for the answer rule."""
        from webhook_tui.ui.dialogs.answers import AnswersDialog

        def use(rule: AnswerRule) -> None:
            self._context.request(SetAnswerRule(rule))
            self._notices.on_action("receiver.answers")

        status = self._context.status
        ask(self._context.app, AnswersDialog(status.rule, forwards=status.forward_to is not None), use)

    def forward(self) -> None:
        """Ask where to forward to."""
        from webhook_tui.ui.dialogs.replay.forward import ForwardDialog

        def use(url: str) -> None:
            self._notices.clear()
            self._context.request(SetForwarding(url or None))

        status = self._context.status
        url = status.forward_to or status.last_used_url
        ask(self._context.app, ForwardDialog(url, is_on=status.forward_to is not None), use)

    def check_public_url(self) -> None:
        """Check whether the public URL reaches the receiver."""
        self._context.request(CheckReachability())

    def simulate(self) -> None:
        """Ask for event, destination and payload, and send a simulated event."""
        from webhook_tui.ui.dialogs.replay.simulate import SimulateDialog

        stored, status = self._deliveries.current() if self._deliveries.total else None, self._context.status

        dialog = SimulateDialog(
            event=visible("" if stored is None else stored.row.event) or KNOWN_EVENTS[0],
            kinds=tuple(visible(kind) for kind in self._deliveries.kinds()),
            seq=None if stored is None else stored.row.seq,
            forward_to=status.forward_to,
            last_url=status.last_used_url,
        )
        ask(self._context.app, dialog, partial(self._simulate, stored))

    def _simulate(self, stored: StoredDelivery | None, chosen: Simulation) -> None:
        from webhook_tui.sandbox.jobs import sample_body
        from webhook_tui.ui.edited_body import read_payload

        self._notices.clear()
        body = stored.delivery.body if stored is not None and chosen.of_stored else None
        if chosen.path:
            try:
                body = read_payload(chosen.path)
            except ProblemError as error:
                self._notices.show(error.problem)
                return
        if chosen.edit:
            seq = None if stored is None or body is None else stored.row.seq
            body = self._editor.edit(sample_body(chosen.event) if body is None else body, seq, indented=True)
            if body is None:
                return
        self._context.request(SimulateEvent(chosen.event, chosen.url, body))
