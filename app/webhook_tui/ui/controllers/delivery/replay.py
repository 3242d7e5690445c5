"""Replays deliveries: one, several, or one that was edited."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from webhook_tui.domain.commands import PauseReplay, ReplayDeliveries, StopReplay
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.errors import Problem, Severity
from webhook_tui.domain.forwarding.forward_result import ReplayProgress, ReplayState, summary
from webhook_tui.ui import notice_texts
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.delivery.editor import EditorController
from webhook_tui.ui.controllers.filter import FilterController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.controllers.work import WorkController
from webhook_tui.ui.dialogs.dialog import ask
from webhook_tui.ui.long_work import LongWork
from webhook_tui.ui.selection import MARKED, Selection, SelectionResolver

if TYPE_CHECKING:
    from webhook_tui.ui.dialogs.replay.edited import Edit, EditedReplay
    from webhook_tui.ui.dialogs.replay.progress import ReplayingDialog
    from webhook_tui.ui.dialogs.replay.replay import ReplayChoice


class ReplayController:
    """Asks what to replay and where to send it, and shows the progress."""

    def __init__(
        self,
        context: AppContext,
        deliveries: DeliveriesController,
        filter_: FilterController,
        notices: NoticeController,
        editor: EditorController,
        *,
        work: WorkController,
    ) -> None:
        self._context = context
        self._deliveries = deliveries
        self._filter = filter_
        self._notices = notices
        self._editor = editor
        self._work = work
        self._hidden: LongWork | None = None
        """The replay under way, while its dialog is hidden."""
        self._progress: ReplayProgress | None = None
        self._dialog: ReplayingDialog | None = None

    def replay(self) -> None:
        """Ask which deliveries and where to send them; while a replay runs, show its progress."""
        stored = self._deliveries.current()
        if stored is None:
            return
        if self._progress is not None and not self._progress.is_over:
            self._show_progress(self._progress)
        else:
            self._ask(stored.row)

    def _ask(self, row: DeliveryRow) -> None:
        from webhook_tui.ui.dialogs.replay.replay import Offer, ReplayDialog

        context, status = self._context, self._context.status

        def send(choice: ReplayChoice) -> None:
            self._notices.clear()
            context.request(ReplayDeliveries(choice.seqs, choice.url, choice.re_sign))

        resolver = SelectionResolver(context.session, context.now)
        offer = Offer(self._selections(row.seq), resolver.pick)
        dialog = ReplayDialog(row, status.used_urls, status.forward_to or "", now=context.now, offer=offer)
        ask(context.app, dialog, send)
        context.run_in_thread(partial(resolver.counted, MARKED), dialog.show_counted)

    def _selections(self, seq: int) -> tuple[Selection, ...]:
        found = self._filter.search
        filtered = [Selection("filtered", None, found.expression, count=found.count)] if found.text else []
        return (
            Selection("this one", seq),
            MARKED,
            *filtered,
            Selection(f"from #{seq} on", first=seq),
            Selection("a time", is_timed=True),
        )

    # Edit, then replay

    def edit_and_replay(self) -> None:
        """Edit the body, then ask where to send it."""
        from webhook_tui.ui.dialogs.replay.edited import Edit

        stored = self._deliveries.current()
        if stored is not None:
            status = self._context.status
            can_sign = status.webhook.secret_since is not None
            url = status.forward_to or status.last_used_url
            self._edit(stored, stored.delivery.body, Edit(url, can_sign, can_sign))

    def _edit(self, stored: StoredDelivery, body: bytes, before: Edit) -> None:
        """Edit `body`, which may have been edited before, and show what differs from the delivery's own."""
        from webhook_tui.ui.dialogs.replay.edited import EditedReplayDialog

        original, seq = stored.delivery.body, stored.row.seq
        after = self._editor.edit(body, seq, indented=before.re_sign)
        if after is None:
            after = body
        elif after == original:
            self._notices.show(notice_texts.UNCHANGED)
        if after == original:
            return

        def send(choice: EditedReplay) -> None:
            if choice.edit_again:
                self._edit(stored, after, replace(before, url=choice.url, re_sign=choice.re_sign))
                return
            self._notices.clear()
            self._context.request(ReplayDeliveries((seq,), choice.url, choice.re_sign, after))

        ask(self._context.app, EditedReplayDialog(seq, original, after, before), send)

    # Progress

    def on_progress(self, progress: ReplayProgress) -> None:
        """Show the progress; once it is hidden, show only its end, as a notice."""
        is_new = self._progress is None or self._progress.is_over
        self._progress = progress
        if self._hidden is not None:
            self._hidden.done, self._hidden.is_paused = progress.done, progress.is_paused
        if progress.is_over:
            self._show_hidden(None)
        if is_new:
            self._show_progress(progress)
        elif self._dialog is not None:
            self._dialog.show(progress)
        elif progress.is_over:
            severity = Severity.WARNING if progress.missed else Severity.TIP
            self._notices.show(Problem(summary(progress), "", severity=severity))

    def on_session_ended(self) -> None:
        """Show a replay that was under way as stopped."""
        if self._progress is not None and not self._progress.is_over:
            self.on_progress(replace(self._progress, state=ReplayState.STOPPED))

    def _show_progress(self, progress: ReplayProgress) -> None:
        from webhook_tui.ui.dialogs.replay.progress import ReplayingDialog

        def stop() -> None:
            self._context.request(StopReplay())

        def pause() -> None:
            self._context.request(PauseReplay(is_paused=not (self._progress or progress).is_paused))

        def closed(again: tuple[int, ...] | None) -> None:
            self._dialog = None
            latest = self._progress or progress
            if again is None and not latest.is_over:
                hidden = LongWork("replay", latest.total, stop, self._show_again, pause=pause)
                hidden.done, hidden.is_paused = latest.done, latest.is_paused
                self._show_hidden(hidden)
            if again:
                self._context.request(ReplayDeliveries(again, progress.url, progress.re_sign))

        self._show_hidden(None)
        self._dialog = ReplayingDialog(progress, stop=stop, pause=pause, in_ascii=self._context.in_ascii)
        self._context.app.push_screen(self._dialog, closed)

    def _show_again(self) -> None:
        if self._progress is not None:
            self._show_progress(self._progress)

    def _show_hidden(self, work: LongWork | None) -> None:
        """Show in the status line how far the replay is that no dialog shows; None: there is none."""
        self._work.remove(self._hidden)
        self._hidden = work
        if work is not None:
            self._work.add(work)
