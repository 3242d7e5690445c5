"""The Status screen, the jobs, the contract and the list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from webhook_tui.domain.queries import ListRuns
from webhook_tui.domain.statistics.counts import Run
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.filter import FilterController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.controllers.panes import PaneController
from webhook_tui.ui.dialogs.dialog import ask
from webhook_tui.ui.format.status.route import Count, filter_of

if TYPE_CHECKING:
    from webhook_tui.ui.dialogs.jobs.job import Choice


class StatisticsController:
    """Opens the dialogs and shows in the table what the user chose."""

    def __init__(
        self,
        context: AppContext,
        deliveries: DeliveriesController,
        filter_: FilterController,
        panes: PaneController,
        notices: NoticeController,
    ) -> None:
        self._context = context
        self._deliveries = deliveries
        self._filter = filter_
        self._panes = panes
        self._notices = notices

    def show_status(self) -> None:
        """Show the Status screen."""
        from webhook_tui.ui.dialogs.status import StatusDialog

        context = self._context
        context.app.push_screen(StatusDialog(lambda: context.status, now=context.now, in_ascii=context.in_ascii))

    def show_jobs(self) -> None:
        """Show the jobs."""
        from webhook_tui.ui.dialogs.jobs.jobs import JobsDialog

        context = self._context
        dialog = JobsDialog(now=context.now, total=lambda: self._deliveries.total, in_ascii=context.in_ascii)
        ask(context.app, dialog, self._go_to)
        self._notices.on_action("app.jobs")

    def show_contract(self) -> None:
        """Show what the payloads hold, first those of the event under the cursor."""
        from webhook_tui.ui.dialogs.contract import ContractDialog

        context, row = self._context, self._deliveries.current_row()
        event = row.event if row is not None else None
        dialog = ContractDialog(now=context.now, event=event, in_ascii=context.in_ascii)
        ask(context.app, dialog, self._go_to)
        self._notices.on_action("app.contract")

    def show_runs(self) -> None:
        """Show the runs of the history; the table then shows the chosen one."""
        self._context.query(self._deliveries.table, ListRuns(), self._show_runs)

    def _show_runs(self, runs: Sequence[Run]) -> None:
        from webhook_tui.ui.dialogs.runs import RunsDialog

        ask(self._context.app, RunsDialog(runs, now=self._context.now), self._filter.set_run)

    def show_counted(self, count: Count) -> None:
        """Filter the table by a count of the status line."""
        if self._panes.shows_deliveries:
            self._filter.set(filter_of(count, self._deliveries.run))

    def _go_to(self, choice: Choice) -> None:
        self._panes.close_stream()
        if isinstance(choice, str):
            self._filter.set(choice)
        else:
            self._filter.go_to(choice)
