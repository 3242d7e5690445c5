"""What the app makes for the user in threads: copies, exports, diffs, answers to queries; shown when it is there."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import partial

from textual import work
from textual.message import Message

from webhook_tui.domain.problem import Problem, ProblemError
from webhook_tui.domain.query import QueryResult
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.text import visible
from webhook_tui.environment import child_environment
from webhook_tui.export import Destination
from webhook_tui.querying import QueryHost
from webhook_tui.tui.comparing import Compared, Marked, compare, compare_with_marked
from webhook_tui.tui.ending import EndingApp
from webhook_tui.tui.messages import CopyRequested, DiffRequested, QueryRequested, ShareRequested
from webhook_tui.tui.modals.marked import MarkedDialog
from webhook_tui.tui.modals.page import PageDialog
from webhook_tui.tui.modals.share import JSON_PATH, QUERY_RESULT, CopyDialog, ExportDialog, Share
from webhook_tui.tui.screens.main import MainScreen
from webhook_tui.tui.sharing import Copied, Exported, Sharing
from webhook_tui.tui.widgets.json_lines import document_for
from webhook_tui.tui.widgets.lines import Document
from webhook_tui.tui.words.addresses import listener, local_host


class ShareEnded(Message):
    """What was to be copied, exported or compared is made, or could not be."""

    def __init__(self, outcome: Copied | Exported | Compared | Marked | Problem) -> None:
        super().__init__()
        self.outcome = outcome


class QueryEnded(Message):
    """A query has its answer; `document`: it, ready to be shown, if it is no mistake."""

    def __init__(self, seq: int, expression: str, result: QueryResult, document: Document | None) -> None:
        super().__init__()
        self.seq = seq
        self.expression = expression
        self.result = result
        self.document = document


class MakingApp(EndingApp):
    """An app with a main screen whose deliveries can be copied, exported, compared and queried."""

    def __init__(self, session: SessionPort, *, now: Callable[[], datetime], in_ascii: bool) -> None:
        super().__init__(session)
        self.now = now
        self.in_ascii = in_ascii
        self._main = MainScreen(session.first_status, now=now, in_ascii=in_ascii)
        self._queries = QueryHost(child_environment(os.environ))

    def let_go(self) -> None:
        """The querying process ends, too."""
        super().let_go()
        self._queries.close()

    def show_problem(self, problem: Problem | None) -> None:
        """In the notice bar of the main screen."""
        self._main.occurred(problem)

    def toast(self, sentence: str) -> None:
        """Say for a moment what cannot be seen."""
        self.notify(visible(sentence), markup=False)

    # Queries

    def on_query_requested(self, message: QueryRequested) -> None:
        """Let the querying process find it; without an expression, it can end."""
        if message.expression:
            self._query(self._queries.ticket(), message)
        else:
            self._queries.rest()

    @work(thread=True, group="query", exit_on_error=False)
    def _query(self, ticket: int, asked: QueryRequested) -> None:
        result = self._queries.query(ticket, asked.expression, asked.body)
        if result is not None:
            document = document_for(result.content) if result.mistake is None else None
            self.post_message(QueryEnded(asked.seq, asked.expression, result, document))

    def on_query_ended(self, message: QueryEnded) -> None:
        """Show it, if it is still wanted."""
        if self._main.children:
            self._main.detail.show_query(message.seq, message.expression, message.result, message.document)

    # Copies and exports

    def on_share_requested(self, message: ShareRequested) -> None:
        """Ask in which form; what was chosen is made in a thread."""
        receiver = self._main.status.receiver
        destination = Destination(f"http://{listener(local_host(receiver.host), receiver.port)}")
        sharing = Sharing(self.host.session, destination, self.now)
        if message.exports:
            self.push_screen(
                ExportDialog(message.selections), lambda share: self._make(sharing.export, share, message.json_path)
            )
            return
        dialog = CopyDialog(
            message.selections,
            json_path=message.json_path,
            preview=partial(sharing.preview, message.stored),
            has_query=bool(message.query_result),
        )
        copy_found = partial(sharing.copy_found, message.stored, message.query_result)

        def copy(share: Share | None) -> None:
            if share is not None and share.form == QUERY_RESULT:
                self._make(lambda _share: copy_found(), share, "")
            else:
                self._make(sharing.copy, share, message.json_path)

        self.push_screen(dialog, copy)

    def _make(self, make: Callable[[Share], Copied | Exported], share: Share | None, json_path: str) -> None:
        if share is None:
            return
        self._main.occurred(None)
        if share.form == JSON_PATH:
            self.post_message(CopyRequested(json_path, "the JSON path"))
        else:
            self._make_in_thread(partial(make, share))

    def on_diff_requested(self, message: DiffRequested) -> None:
        """Find the marked one and compare, in a thread; of several, ask which."""
        self._main.occurred(None)
        self._make_in_thread(partial(compare_with_marked, self.host.session, message.stored, self.now()))

    def _ask_which(self, marked: Marked) -> None:
        def choose(seq: int | None) -> None:
            if seq is not None:
                self._make_in_thread(partial(compare, self.host.session, marked.stored, seq))

        dialog = MarkedDialog(marked.stored.row.seq, marked.rows, now=self.now, in_ascii=self.in_ascii)
        self.push_screen(dialog, choose)

    @work(thread=True, exit_on_error=False)
    def _make_in_thread(self, make: Callable[[], Copied | Exported | Compared | Marked]) -> None:
        try:
            self.post_message(ShareEnded(make()))
        except ProblemError as error:
            self.post_message(ShareEnded(error.problem))

    def on_share_ended(self, message: ShareEnded) -> None:
        """Copy it, show it, or say what came of it; who has left meanwhile is told nothing."""
        if not self._main.children:
            return
        match message.outcome:
            case Compared(title, text):
                self.push_screen(PageDialog(title, text, "the diff"))
            case Marked() as marked:
                self._ask_which(marked)
            case Copied(text, what):
                self.post_message(CopyRequested(text, what))
            case Exported(sentence):
                self.toast(sentence)
            case problem:
                self._main.occurred(problem)
