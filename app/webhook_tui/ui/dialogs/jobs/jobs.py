"""The list of jobs; it is live.

An open dialog asks the session once a second, and again at once while an answer is incomplete.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from webhook_tui.domain.jobs.job import Job, Jobs
from webhook_tui.domain.queries import ListJobs
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.jobs.job import Choice, JobDialog
from webhook_tui.ui.dialogs.live_query import LiveQuery
from webhook_tui.ui.format.jobs import filter_for, job_cell, jobs_note
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.table.list_table import Cell, ListColumn, ListTable, TableSpec, fitted
from webhook_tui.ui.widgets.table.table import Table

_JOB_COLUMNS = (
    ListColumn("job", "job", 0),
    ListColumn("worst", " worst", 12),
    ListColumn("status", "status", 11),
    ListColumn("last", "last", 8),
    ListColumn("events", "events", 6, is_right=True),
    ListColumn("images", "images", 6, is_right=True),
    ListColumn("progress", "progress", 8, is_right=True),
    ListColumn("first", "first", 8),
)


class JobsDialog(Dialog[Choice]):
    """Lists the jobs. Returns where to go."""

    AUTO_FOCUS = "Table"
    TITLE_TEXT = "Jobs"
    WAY = ("Deliveries",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("J", "safe", "Close", show=False, id="jobs.close", tooltip="close the jobs"),
        Binding("slash", "filter", "Filter", show=False, id="jobs.filter", tooltip="show its deliveries in the table"),
    ]
    DEFAULT_CSS = """
    JobsDialog #note { margin: 0 0 1 0; }
    """

    def __init__(self, *, now: Callable[[], datetime], total: Callable[[], int], in_ascii: bool = False) -> None:
        """`total`: how many deliveries are stored."""
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._glyphs = glyphs(plain=in_ascii)
        self._total = total
        self._shown: Jobs | None = None
        self._wants_list = False
        """Whether the last job was shown as a list."""
        spec: TableSpec[Job] = TableSpec(self._columns, self._cell, key=lambda job: job.job_id)
        self._table = ListTable(spec, id="jobs", in_ascii=in_ascii)
        self._live = LiveQuery(self, ListJobs(), self._show)

    def body(self) -> ComposeResult:
        yield Static(jobs_note(None, 0), id="note", markup=False)
        yield self._table.widget

    def buttons(self) -> ComposeResult:
        yield KeyButton("Close", "esc", id="safe")
        yield KeyButton("Its events", "enter", id="open")
        yield KeyButton("Filter by it", "/", id="filter")

    def on_mount(self) -> None:
        self._live.start()

    def _show(self, jobs: Jobs) -> bool:
        if jobs is not self._shown:
            self._shown = jobs
            self._table.widget.empty = "No event names a job yet." if jobs.is_done else ""
            self._table.show(jobs.jobs)
        self.query_one("#note", Static).update(jobs_note(jobs, self._total()))
        return jobs.is_done

    def on_table_row_opened(self, event: Table.RowOpened) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        job = self._table.chosen
        if job is not None:
            dialog = JobDialog(job.job_id, now=self._now, in_ascii=self._in_ascii, as_list=self._wants_list)
            self.app.push_screen(dialog, partial(self._chosen, dialog))

    def action_filter(self) -> None:
        job = self._table.chosen
        if job is not None and (text := filter_for(job.job_id)) is not None:
            self.dismiss(text)

    def _chosen(self, dialog: JobDialog, choice: Choice | None) -> None:
        self._wants_list = dialog.wants_list
        if choice is not None:
            self.dismiss(choice)

    def _columns(self, width: int) -> Sequence[ListColumn]:
        return fitted(_JOB_COLUMNS, width, least=12, most=40)

    def _cell(self, job: Job, column: str) -> Cell:
        return job_cell(job, column, self._now(), self._glyphs)
