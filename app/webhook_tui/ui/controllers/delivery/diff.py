"""Shows the delivery under the cursor beside a marked one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.dialogs.dialog import ask

if TYPE_CHECKING:
    from webhook_tui.ui.controllers.delivery.marked import Compared, Marked


class DiffController:
    """Finds the marked delivery and compares, in a worker thread."""

    def __init__(self, context: AppContext, deliveries: DeliveriesController, notices: NoticeController) -> None:
        self._context = context
        self._deliveries = deliveries
        self._notices = notices

    def show(self) -> None:
        """Compare with the marked delivery; ask which if several are marked."""
        from webhook_tui.ui.controllers.delivery.marked import compare_with_marked

        stored = self._deliveries.current()
        if stored is None:
            return
        self._notices.clear()
        work = partial(compare_with_marked, self._context.session, stored, self._context.now())
        self._context.run_in_thread(work, self._show)

    def _show(self, outcome: Compared | Marked) -> None:
        from webhook_tui.ui.controllers.delivery.marked import Marked
        from webhook_tui.ui.dialogs.page import PageDialog

        if isinstance(outcome, Marked):
            self._choose(outcome)
        else:
            self._context.app.push_screen(PageDialog(outcome.title, outcome.text, "the diff"))

    def _choose(self, marked: Marked) -> None:
        from webhook_tui.ui.controllers.delivery.marked import compare
        from webhook_tui.ui.dialogs.diff_choice import MarkedDialog

        context = self._context

        def show(seq: int) -> None:
            context.run_in_thread(partial(compare, context.session, marked.stored, seq), self._show)

        dialog = MarkedDialog(marked.stored.row.seq, marked.rows, now=context.now, in_ascii=context.in_ascii)
        ask(context.app, dialog, show)
