"""What the user does to deliveries: mark, comment, delete, copy, export."""

from __future__ import annotations

from functools import partial

from webhook_tui.domain.commands import CommentDelivery, DeleteDeliveries, MarkDelivery
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import decoded
from webhook_tui.domain.errors import Problem, Severity
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.payload.links import links
from webhook_tui.domain.queries import ListRuns
from webhook_tui.domain.run import Run
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.dialogs.annotations import CommentDialog, DeleteDeliveriesDialog
from webhook_tui.ui.dialogs.links import LinksDialog, OpenLinkDialog
from webhook_tui.ui.dialogs.runs import RunsDialog
from webhook_tui.ui.messages import AnswerRequested, CommandRequested, DiffRequested, LinkChosen, ShareRequested
from webhook_tui.ui.screens.filtering import FilteringScreen
from webhook_tui.ui.selection import Selection

_LARGEST_SEARCHED = 1_048_576
"""Bytes of a body that are searched for links."""


class AnnotationsScreen(FilteringScreen):
    """The part of the main screen that changes, compares and passes on deliveries."""

    def row(self) -> DeliveryRow | None:
        """The delivery under the cursor, else that which the detail still shows, as it is now."""
        self.catch_up()
        seq = self.detail.seq
        if seq is None or self._rows is None:
            return None
        place = self._rows.position(seq)
        found = self._rows.window(place, 1) if place is not None else ()
        return found[0] if found else None

    def action_mark(self) -> None:
        """Mark it, or take the mark off."""
        row = self.row()
        if row is not None:
            self.post_message(CommandRequested(MarkDelivery(row.seq, not row.marked)))

    def action_diff(self) -> None:
        """Show this one beside a marked one."""
        self.catch_up()
        if self.detail.stored is not None:
            self.post_message(DiffRequested(self.detail.stored))

    def action_comment(self) -> None:
        """Ask for words about it."""
        row = self.row()
        if row is None:
            return
        seq = row.seq

        def keep(text: str | None) -> None:
            if text is not None:
                self.post_message(CommandRequested(CommentDelivery(seq, text)))

        self.app.push_screen(CommentDialog(seq, row.comment), keep)

    def action_delete_delivery(self) -> None:
        """Ask, then delete this one."""
        row = self.row()
        if row is not None:
            self._ask_to_forget(row.seq)

    def action_clear(self) -> None:
        """Ask, then delete all but the marked."""
        self._ask_to_forget(None)

    def _ask_to_forget(self, seq: int | None) -> None:
        def forget(yes: bool | None) -> None:
            if yes:
                self.post_message(CommandRequested(DeleteDeliveries(None if seq is None else (seq,))))

        total = 0 if self._rows is None else len(self._rows)
        self.app.push_screen(DeleteDeliveriesDialog(seq, total), forget)

    def deliveries_deleted(self) -> None:
        """Some are gone: show what is left."""
        if self._rows is not None:
            self._rows.refresh()
        self.table.refresh_rows()
        self.rows_changed(())

    def action_runs(self) -> None:
        """Ask for the list of runs."""
        self.post_message(AnswerRequested(self, ListRuns(), self._show_runs))

    def _show_runs(self, runs: tuple[Run, ...]) -> None:
        self.app.push_screen(RunsDialog(runs, now=self._now), self._choose_run)

    def _choose_run(self, number: int | None) -> None:
        if number is not None:
            self.set_filter(f"run:{number}")

    def action_open_link(self) -> None:
        """The link of the line under the cursor, else one of the payload's; it is shown in full first."""
        self.catch_up()
        stored = self.detail.stored
        if stored is None:
            return
        here = self.detail.links_at_cursor()
        found = here or links(decoded(stored.delivery.body[:_LARGEST_SEARCHED]))
        if not found:
            problem = Problem("There is no web link in this payload.", "", severity=Severity.WARNING)
            self.occurred(problem, about=stored.row.seq)
        elif len(found) == 1:
            self._ask_to_open(stored.row.verdict, found[0])
        else:
            self.app.push_screen(LinksDialog(found), partial(self._ask_to_open, stored.row.verdict))

    def _ask_to_open(self, verdict: Verdict, link: str | None) -> None:
        def answer(yes: bool | None) -> None:
            if yes and link is not None:
                self.post_message(LinkChosen(link))

        if link is not None:
            self.app.push_screen(OpenLinkDialog(link, verdict), answer)

    def action_match(self, step: int) -> None:
        """The next match in the payload, or the one before."""
        self.catch_up()
        self.detail.action_find_match(step)

    def action_copy(self) -> None:
        """Ask in which form."""
        self._share(exports=False)

    def action_export(self) -> None:
        """Ask in which form, and where."""
        self._share(exports=True)

    def _share(self, *, exports: bool) -> None:
        self.catch_up()
        stored = self.detail.stored
        if stored is None:
            return
        selections = tuple(self._selections(stored.row.seq))
        detail = self.detail
        self.post_message(ShareRequested(stored, selections, detail.json_path, detail.query_content, exports=exports))

    def replay_selections(self, seq: int) -> tuple[Selection, ...]:
        """What can be replayed when the cursor is on that delivery."""
        count = None if self._found is None else len(self._found)
        filtered = [Selection("filtered", None, self.expression, count=count)] if self.is_filtered else []
        return (
            Selection("this one", seq),
            Selection("marked", None, parse("marked")),
            *filtered,
            Selection(f"from #{seq} on", first=seq),
            Selection("a time", is_timed=True),
        )

    def _selections(self, seq: int) -> list[Selection]:
        selections = [Selection("this one", seq)]
        if self.is_filtered:
            count = None if self._found is None else len(self._found)
            selections.append(Selection("filtered", None, self.expression, self.sort, count))
        selections.append(Selection("marked", None, parse("marked")))
        total = 0 if self._rows is None else len(self._rows)
        return [*selections, Selection("all", count=total)]
