"""Copies and exports deliveries in the format that the user chooses, in a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.url import connect_host
from webhook_tui.export.destination import Destination
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.filter import FilterController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.controllers.work import WorkController
from webhook_tui.ui.dialogs.dialog import ask
from webhook_tui.ui.format.addresses import listener
from webhook_tui.ui.long_work import LongWork
from webhook_tui.ui.selection import MARKED, Selection, SelectionResolver

if TYPE_CHECKING:
    from webhook_tui.ui.controllers.delivery.export_files import Copied, Exported, Exports
    from webhook_tui.ui.dialogs.export import CopyDialog, ExportDialog, Share


class ExportController:
    """Asks for the format and starts the copy or export."""

    def __init__(
        self,
        context: AppContext,
        deliveries: DeliveriesController,
        filter_: FilterController,
        notices: NoticeController,
        work: WorkController,
    ) -> None:
        self._context = context
        self._deliveries = deliveries
        self._filter = filter_
        self._notices = notices
        self._work = work

    def copy(self) -> None:
        """Ask for the format of a copy."""
        from webhook_tui.ui.dialogs.export import JSON_PATH, QUERY_RESULT, CopyDialog

        stored = self._deliveries.current()
        if stored is None:
            return
        exports, detail = self._exports(), self._deliveries.detail
        json_path, query_result = detail.json_path, detail.query_content

        def copy(share: Share) -> None:
            self._notices.clear()
            if share.form == JSON_PATH:
                self._context.app.copy(json_path, "the JSON path")
            elif share.form == QUERY_RESULT:
                self._context.run_in_thread(partial(exports.copy_found, stored, query_result), self._copied)
            else:
                self._context.run_in_thread(partial(exports.copy, share), self._copied)

        dialog = CopyDialog(
            self._selections(stored.row.seq),
            json_path=json_path,
            preview=partial(exports.preview, stored),
            has_query=bool(query_result),
        )
        self._ask(dialog, copy)

    def export(self) -> None:
        """Ask for the format and the path of an export."""
        from webhook_tui.ui.dialogs.export import ExportDialog

        stored = self._deliveries.current()
        if stored is None:
            return
        exports = self._exports()

        def export(share: Share) -> None:
            self._notices.clear()
            work = LongWork("export", share.selection.count)
            if share.selection.seq is None:
                self._work.add(work)
            done, failed = partial(self._exported, work), partial(self._failed, work)
            self._context.run_in_thread(partial(exports.export, share, work), done, failed)

        self._ask(ExportDialog(self._selections(stored.row.seq)), export)

    def _ask(self, dialog: CopyDialog | ExportDialog, use: Callable[[Share], None]) -> None:
        """Open the dialog, and count the marked deliveries for it."""
        context = self._context
        ask(context.app, dialog, use)
        resolver = SelectionResolver(context.session, context.now)
        context.run_in_thread(partial(resolver.counted, MARKED), dialog.selection_line.show_counted)

    def _exports(self) -> Exports:
        from webhook_tui.ui.controllers.delivery.export_files import Exports

        receiver = self._context.status.receiver
        destination = Destination(f"http://{listener(connect_host(receiver.host), receiver.port)}")
        return Exports(self._context.session, destination, self._context.now)

    def _copied(self, copied: Copied) -> None:
        self._context.app.copy(copied.text, copied.what)

    def _exported(self, work: LongWork, exported: Exported) -> None:
        self._work.remove(work)
        self._context.app.toast(exported.sentence)

    def _failed(self, work: LongWork, error: ProblemError) -> None:
        self._work.remove(work)
        self._notices.show(error.problem)

    def _selections(self, seq: int) -> tuple[Selection, ...]:
        found = self._filter.search
        filtered = [Selection("filtered", None, found.expression, found.sort, found.count)] if found.text else []
        return (
            Selection("this one", seq),
            *filtered,
            MARKED,
            Selection("all", count=self._deliveries.total),
        )
