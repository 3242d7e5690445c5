"""What a click on a part of a row or of the status line leads to."""

from __future__ import annotations

from typing import assert_never

from webhook_tui.domain.answer_rules.answer import answer_word
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.filtering.filter import quoted
from webhook_tui.ui.controllers.annotations import AnnotationController
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.filter import FilterController
from webhook_tui.ui.controllers.panes import PaneController
from webhook_tui.ui.controllers.receiver import ReceiverController
from webhook_tui.ui.controllers.statistics import StatisticsController
from webhook_tui.ui.controllers.work import WorkController
from webhook_tui.ui.format.status.route import Part as StatusPart
from webhook_tui.ui.views.detail.shown_delivery import ANSWER, ATTEMPTS
from webhook_tui.ui.widgets.table.delivery_cells import Part


class ClickController:
    """A value filters the table by it; a sign opens what it stands for."""

    def __init__(
        self,
        deliveries: DeliveriesController,
        *,
        filter_: FilterController,
        panes: PaneController,
        annotations: AnnotationController,
        receiver: ReceiverController,
        statistics: StatisticsController,
        work: WorkController,
    ) -> None:
        self._deliveries = deliveries
        self._filter = filter_
        self._panes = panes
        self._annotations = annotations
        self._receiver = receiver
        self._statistics = statistics
        self._work = work

    def on_row(self, part: Part) -> None:
        """A click on a part of the row under the cursor."""
        row = self._deliveries.current_row()
        if row is None:
            return
        match part:
            case Part.JOB:
                if visible(row.summary.job) == row.summary.job:  # else it cannot be typed
                    self._filter.set(f"job:{quoted(row.summary.job)}")
            case Part.ANSWER:
                self._filter.set(f"answered:{answer_word(row.answered)}")
            case Part.ATTEMPTS:
                self._panes.show_tab(ATTEMPTS)
            case Part.REPLAY:
                self._panes.show_tab(ANSWER)
            case Part.COMMENT:
                self._annotations.comment()
            case Part.DIFFERS:
                if row.event_id is not None:
                    self._panes.show_sides(row.event_id)
            case _:
                assert_never(part)

    def on_status(self, part: StatusPart) -> None:
        """A click on a part of the status line."""
        match part:
            case "good" | "bad" | "pending":
                self._statistics.show_counted(part)
            case "answer":
                self._receiver.set_answers()
            case "refused":
                self._statistics.show_status()
            case "unequal":
                self._panes.show_unequal()
            case "work":
                self._work.show_dialog()
            case _:
                assert_never(part)
