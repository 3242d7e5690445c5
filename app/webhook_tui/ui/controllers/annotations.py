"""Marks, comments and deletions of deliveries."""

from __future__ import annotations

from webhook_tui.domain.commands import CommentDelivery, DeleteDeliveries, MarkDelivery, StopDeletion
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.filter import FilterController
from webhook_tui.ui.controllers.work import WorkController
from webhook_tui.ui.dialogs.dialog import ask
from webhook_tui.ui.long_work import LongWork


class AnnotationController:
    """Annotates the delivery under the cursor."""

    def __init__(
        self,
        context: AppContext,
        deliveries: DeliveriesController,
        filter_: FilterController,
        *,
        work: WorkController,
    ) -> None:
        self._context = context
        self._deliveries = deliveries
        self._filter = filter_
        self._work = work
        self._deletion: LongWork | None = None

    def mark(self) -> None:
        """Mark the delivery, or remove its mark."""
        row = self._deliveries.current_row()
        if row is not None:
            self._context.request(MarkDelivery(row.seq, not row.marked))

    def comment(self) -> None:
        """Ask for a comment."""
        from webhook_tui.ui.dialogs.annotations import CommentDialog

        row, context = self._deliveries.current_row(), self._context
        if row is not None:
            seq = row.seq
            dialog = CommentDialog(seq, row.comment)
            ask(context.app, dialog, lambda text: context.request(CommentDelivery(seq, text)))

    def delete_current(self) -> None:
        """Ask, then delete the delivery."""
        row = self._deliveries.current_row()
        if row is not None:
            self._delete(row.seq)

    def delete_unmarked(self) -> None:
        """Ask, then delete all but the marked."""
        self._delete(None)

    def _delete(self, seq: int | None) -> None:
        from webhook_tui.ui.dialogs.annotations import DeleteDeliveriesDialog

        context, command = self._context, DeleteDeliveries(None if seq is None else (seq,))
        dialog = DeleteDeliveriesDialog(seq, self._deliveries.total, is_filtered=self._filter.is_on)
        ask(context.app, dialog, lambda _: context.request(command))

    def on_status_changed(self) -> None:
        """Show how far a long deletion is, which can be stopped."""
        status = self._context.status
        deletion = status.deletion if status.end is None else None
        if deletion is None:
            self._work.remove(self._deletion)
            self._deletion = None
            return
        if self._deletion is None:
            self._deletion = LongWork("deletion", deletion.total, self._stop_deletion)
            self._work.add(self._deletion)
        self._deletion.total, self._deletion.done = deletion.total, deletion.done

    def _stop_deletion(self) -> None:
        self._context.request(StopDeletion())

    def on_deliveries_deleted(self) -> None:
        """Show what is left."""
        if self._deliveries.rows is not None:
            self._deliveries.rows.refresh()
        self._deliveries.delivery_table.refresh_rows()
        self._filter.search.on_rows_changed(())
        self._deliveries.detail.reread()  # it may have fewer attempts now
