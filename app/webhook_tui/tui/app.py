"""The app: hosts the session in its thread, passes wishes up and news down, and ends on every way out.

The session's thread only posts; everything that is shown is owned by the screen's thread. Leaving restores the terminal
first: what is still to be tidied goes on in the session's thread, which the caller joins.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from rich.text import Text
from textual import events, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.message import Message
from textual.screen import Screen

from webhook_tui.domain.facts import (
    BecameReady,
    DeliveriesDeleted,
    DeliveryExplained,
    EventReconciled,
    EventSidesShown,
    Fact,
    GuardAsked,
    HistoryOpened,
    JobShown,
    JobsShown,
    OverviewShown,
    ProblemOccurred,
    Replayed,
    RunsListed,
    SecretRevealed,
    SessionStopped,
    StreamShown,
    TokenAsked,
    WebhookRegistered,
    WishGranted,
)
from webhook_tui.domain.problem import Problem, ProblemError, Severity
from webhook_tui.domain.query import QueryResult
from webhook_tui.domain.rows import DeliveryRows, FoundRows
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.span import Span
from webhook_tui.domain.text import visible
from webhook_tui.domain.wishes import DeleteWish, GuardAnswer, GuardChoice, ProveWish, RegisterWish, TokenAnswer, Wish
from webhook_tui.environment import child_environment
from webhook_tui.export import Destination
from webhook_tui.querying import QueryHost
from webhook_tui.tui import theme
from webhook_tui.tui.acting import Acting
from webhook_tui.tui.browsing import open_in_browser
from webhook_tui.tui.commands import commands_of
from webhook_tui.tui.comparing import Compared, Marked, compare, compare_with_marked
from webhook_tui.tui.hosting import SessionHost
from webhook_tui.tui.inbox import Inbox, comes_in_floods
from webhook_tui.tui.messages import (
    CopyRequested,
    DeliveriesNews,
    DiffRequested,
    FactArrived,
    LinkChosen,
    NewsArrived,
    QueryRequested,
    ReplayRequested,
    RowsNews,
    SearchAdvanced,
    SearchRequested,
    SessionReplaced,
    ShareRequested,
    StatusNews,
    SurveyNews,
    WishRequested,
)
from webhook_tui.tui.modals.delete import DeleteDialog
from webhook_tui.tui.modals.dialog import Dialog
from webhook_tui.tui.modals.guard import ForeignGuard, UnknownGuard
from webhook_tui.tui.modals.marked import MarkedDialog
from webhook_tui.tui.modals.page import PageDialog
from webhook_tui.tui.modals.runs import RunsDialog
from webhook_tui.tui.modals.secret import SecretDialog
from webhook_tui.tui.modals.share import JSON_PATH, QUERY_RESULT, CopyDialog, ExportDialog, Share
from webhook_tui.tui.modals.token import TokenChoice, TokenDialog
from webhook_tui.tui.output_filter import OutputFilter
from webhook_tui.tui.picking import Picker
from webhook_tui.tui.screens.main import MainScreen
from webhook_tui.tui.selection import Selection
from webhook_tui.tui.sharing import Copied, Exported, Sharing
from webhook_tui.tui.widgets.json_lines import document_for
from webhook_tui.tui.widgets.lines import Document
from webhook_tui.tui.words.addresses import listener, local_host

LEAVE_SECONDS = 3.0
"""How long a session may tidy up."""
REFRESH_SECONDS = 0.05
"""The least time between two refreshes, however many facts come."""

_log = logging.getLogger(__name__)
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Tidying up is under way already."""


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


class WebhookTuiApp(App[object]):
    """The screen of one session. `return_code` afterwards: 0 left, 1 crashed, 128+n ended by signal n."""

    TITLE = "webhook-tui"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [(0, "-small"), (72, "-stacked"), (100, "-beside"), (120, "-wide")]  # noqa: RUF012 -- Textual's
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high"), (36, "-tall")]  # noqa: RUF012 -- Textual's
    NOTIFICATION_TIMEOUT = 3
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True, system=True, id="app.leave", tooltip="leave"),
        Binding("ctrl+c", "leave", "Leave", show=False, system=True, id="app.interrupt", tooltip="leave"),
    ]

    def __init__(
        self,
        session: SessionPort,
        *,
        now: Callable[[], datetime],
        in_ascii: bool = False,
        theme_name: str | None = None,
        sandbox: Callable[[], SessionPort] | None = None,
        keymap: Mapping[str, str] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` gives aware local time; `sandbox` makes another session, for who has no token."""
        super().__init__()
        theme.register(self)
        self._unknown_theme = "" if theme_name is None or theme_name in self.available_themes else theme_name
        if theme_name is not None and not self._unknown_theme:
            self.theme = theme_name
        self.host = SessionHost(session)
        self.now = now
        self._monotonic = monotonic
        self._sandbox = sandbox
        self._main = MainScreen(session.first_status, now=now, in_ascii=in_ascii)
        self._output_filter = OutputFilter(in_ascii=in_ascii)
        self._inbox = Inbox()
        self._queries = QueryHost(child_environment(os.environ))
        self.acting = Acting(self, self._request, self._main.occurred, self._pick, now, in_ascii=in_ascii)
        self._last_refresh = 0.0
        self._rows: DeliveryRows | None = None
        self._search: FoundRows | None = None
        self._search_number = 0
        self._token_dialog: TokenDialog | None = None
        self._refused: Problem | None = None
        self._token_place = ""
        self.crash: BaseException | None = None
        self._handlers: dict[int, Any] = {}
        self.leaving: queue.SimpleQueue[int] = queue.SimpleQueue()
        """Gets the exit code at the first step towards the end, for whoever sees to it that the end comes."""
        self._lost_keys: set[str] = set()
        if keymap:
            self.set_keymap(keymap)

    # Life

    def get_default_screen(self) -> Screen[Any]:
        """The main screen."""
        return self._main

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles of our stylesheet, for every theme."""
        return theme.variable_defaults(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, and after them the last wall."""
        return [*super().get_line_filters(), self._output_filter]

    def on_ready(self) -> None:
        """The screen stands: start the session, and end properly when a signal says so."""
        if self._unknown_theme:
            self._main.occurred(_no_theme(self._unknown_theme, sorted(self.available_themes)))
        self._screen_loop = asyncio.get_running_loop()
        for name in _SIGNALS:
            # Not in the main thread (as under a test runner) there are no signals to take.
            with contextlib.suppress(ValueError, AttributeError):
                number = getattr(signal, name)
                self._handlers[number] = signal.signal(number, self._signalled)
        self.host.start(self._emit)

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        """No handler of the loop's: one would wait for ever when a write to a terminal that is gone blocks the loop."""
        self.leaving.put(128 + number)
        self.host.leave()
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._screen_loop.call_soon_threadsafe(self._end, 128 + number)

    def _forget_signals(self) -> None:
        """From now on a signal ends the program at once; but a closed window sends SIGHUP twice."""
        for number, before in self._handlers.items():
            with contextlib.suppress(ValueError):
                signal.signal(number, _ignore if signal.Signals(number).name == "SIGHUP" else before)

    def _end(self, return_code: int) -> None:
        self.leaving.put(return_code)
        self.host.leave()
        self.exit(return_code=return_code)

    def on_unmount(self) -> None:
        """On whichever way: the session ends, the rows are closed."""
        self.leaving.put(self.return_code or 0)
        self._forget_signals()
        self.host.leave()
        self._main.forget_searches()
        self._queries.close()
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def action_leave(self) -> None:
        """Leave now; the session tidies up behind the closed screen."""
        self._end(0)

    async def action_quit(self) -> None:
        """Textual's own name for leaving."""
        self._end(0)

    def _handle_exception(self, error: Exception) -> None:
        self.crash = error
        _log.error("the screen ended by an error", exc_info=error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """A crash is one sentence: a traceback would show the values of variables, and secrets are among them."""
        kind = type(self.crash).__name__ if self.crash is not None else "error"
        self._exit_renderables.append(
            Text(f"webhook-tui ended by an error of its own ({kind}). What was received is stored.")
        )
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """Textual's other way to end with a traceback: the same sentence."""
        self._return_code = 1
        self._fatal_error()

    def _print_error_renderables(self) -> None:
        """One sentence, on standard error, once."""
        if self._exit_renderables:
            print(self._exit_renderables[0], file=sys.stderr)  # noqa: T201 - the screen is gone
            self._exit_renderables.clear()

    # What the session says

    def _emit(self, fact: Fact) -> None:
        """Called in the session's thread: only posts."""
        if comes_in_floods(fact):
            if self._inbox.put(fact):
                self.post_message(NewsArrived())
        elif not isinstance(fact, EventReconciled):  # the screen asks for these, and only while it shows them
            self.post_message(FactArrived(fact))

    def on_news_arrived(self) -> None:
        """Refresh now, or when the last refresh is long enough ago."""
        wait = self._last_refresh + REFRESH_SECONDS - self._monotonic()
        if wait > 0:
            self.set_timer(wait, self._refresh_all)
        else:
            self._refresh_all()

    def _refresh_all(self) -> None:
        self._last_refresh = self._monotonic()
        batch = self._inbox.take()
        if not self._main.children:
            return  # the screen is gone, and this came after it
        if batch.status is not None:
            self._token_place = batch.status.token_place
            self._main.post_message(StatusNews(batch.status))
        self._main.keep_sent(batch.sent)
        if batch.replaying is not None:
            self.acting.advanced(batch.replaying)
        if (batch.recorded or batch.judged or batch.changed) and self._rows is not None:
            self._main.post_message(DeliveriesNews(batch.recorded, batch.judged, batch.changed))

    def on_fact_arrived(self, message: FactArrived) -> None:
        """What comes one by one: an answer to show, a question to ask, or how a wish ended."""
        match message.fact:
            case HistoryOpened():
                self._open_rows()
            case DeliveryExplained(report):
                self._main.detail.explain(report)
            case StreamShown() as shown:
                self._main.stream.show_events(shown)
            case EventSidesShown() as sides:
                self._main.stream.show_sides(sides)
            case OverviewShown() | JobsShown() | JobShown() as survey:
                for screen in self.screen_stack:
                    screen.post_message(SurveyNews(survey))
            case GuardAsked() | TokenAsked() | SecretRevealed() as question:
                self._open_dialog(question)
            case other:
                self._tell_outcome(other)

    def _open_dialog(self, fact: GuardAsked | TokenAsked | SecretRevealed) -> None:
        match fact:
            case GuardAsked(None):
                self.push_screen(UnknownGuard(), self._answer_guard)
            case GuardAsked(foreign) if foreign is not None:
                self.push_screen(ForeignGuard(foreign, now=self.now), self._answer_guard)
            case TokenAsked(None):
                self._ask_token(None)
            case SecretRevealed(secret, since):
                self.push_screen(SecretDialog(None if secret is None else Secret(secret), since, now=self.now))
            case _:
                pass  # a refused token: the notice says so, and u asks

    def _tell_outcome(self, fact: Fact) -> None:
        match fact:
            case ProblemOccurred(problem, again):
                self._refused = problem if problem.wants_token else None
                again_at = None if again is None else self.now() + timedelta(seconds=again)
                self._main.occurred(problem, again_at)
            case Replayed(sent):
                if not self._main.keep_sent((sent,)):
                    self._toast(f"Replayed #{sent.seq}: {sent.outcome}")
            case WishGranted(sentence):
                self._main.occurred(None)
                self._toast(sentence)
            case RunsListed(runs):
                self.push_screen(RunsDialog(runs, now=self.now), self._main.choose_run)
            case DeliveriesDeleted(count):
                self._main.deliveries_deleted()
                self._toast(f"Deleted {'1 delivery' if count == 1 else f'{count:,} deliveries'}")
            case WebhookRegistered() | BecameReady():
                self._refused = None
                self._main.occurred(None)
            case SessionStopped(problem) if problem is not None:
                self._main.occurred(problem)
            case _:
                pass

    def _open_rows(self) -> None:
        if self._rows is not None:
            self._rows.close()
        self._rows = self.host.session.open_rows()
        self._main.post_message(RowsNews(self._rows))

    def _toast(self, sentence: str) -> None:
        self.notify(visible(sentence), markup=False)

    # What the user wants

    def on_wish_requested(self, message: WishRequested) -> None:
        """Pass it on."""
        self.host.session.request(message.wish)

    def _request(self, wish: Wish) -> None:
        self.host.session.request(wish)

    def on_answers_requested(self) -> None:
        """Ask which rule."""
        self.acting.answers(self._main.status)

    def on_replay_requested(self, message: ReplayRequested) -> None:
        """Ask where to, perhaps after the editor."""
        if message.edit:
            self.acting.edit_and_replay(message.stored, self._main.status)
        else:
            self.acting.replay(message.stored, message.selections, self._main.status)

    def _pick(self, selection: Selection, during: Span | None, is_wanted: Callable[[], bool]) -> tuple[int, ...]:
        return Picker(self.host.session, self.now).pick(selection, during, is_wanted)

    def action_forward(self) -> None:
        """Ask where to forward to."""
        self.acting.forward(self._main.status)

    def action_simulate(self) -> None:
        """Ask for an event of our own."""
        self._main.catch_up()
        self.acting.simulate(self._main.detail.stored, self._main.kinds(), self._main.status)

    def on_search_requested(self, message: SearchRequested) -> None:
        """Let a thread of the store search; what it finds is read when it says so."""
        self._search_number += 1
        number = self._search_number

        def advanced() -> None:
            # Called in the search's thread, which may outlive the screen's loop.
            with contextlib.suppress(RuntimeError):
                self.post_message(SearchAdvanced(number))

        try:
            self._search = self.host.session.open_found(
                message.expression, sort=message.sort, now=self.now(), changed=advanced
            )
        except ProblemError as error:
            self._main.occurred(error.problem)
        else:
            self._main.search_opened(self._search)

    def on_search_advanced(self, message: SearchAdvanced) -> None:
        """The screen reads on, if it is the search that was asked for last."""
        if message.number == self._search_number and self._search is not None:
            self._main.search_advanced(self._search)

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

        in_ascii = self.acting.in_ascii
        self.push_screen(MarkedDialog(marked.stored.row.seq, marked.rows, now=self.now, in_ascii=in_ascii), choose)

    def on_link_chosen(self, message: LinkChosen) -> None:
        """The user saw it in full and wants it in the browser."""
        self.open_url(message.url)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Textual's own way would hand the token on to the browser."""
        open_in_browser(url, new_tab=new_tab)

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
                self._toast(sentence)
            case problem:
                self._main.occurred(problem)

    def on_register_requested(self) -> None:
        """After a refused token ask for another one, else go on from what has not worked."""
        shown = self._main.status.problem
        refused = shown if shown is not None and shown.wants_token else self._refused  # the status comes later
        if refused is not None:
            self._ask_token(refused)
        else:
            self.host.session.request(RegisterWish())

    def _prove(self) -> None:
        self.host.session.request(ProveWish())

    def on_delete_requested(self) -> None:
        """Ask first."""
        status = self._main.status
        dialog = DeleteDialog(status.webhook.url or "", status.counts.received)
        self.push_screen(dialog, self._answer_delete)

    def on_copy_requested(self, message: CopyRequested) -> None:
        """To the clipboard, by OSC 52; what is copied is what was shown, harmless."""
        self.copy_to_clipboard(message.text)
        size = len(message.text.encode())
        self._toast(f"Copied: {message.what}, {size} bytes")

    def on_leave_requested(self) -> None:
        """Leave."""
        self._end(0)

    def _answer_guard(self, answer: GuardAnswer | None) -> None:
        if answer is None:
            return
        self.host.session.request(answer)
        if answer.choice is GuardChoice.WATCH and not self._main.stream.is_open:
            self._main.action_stream()

    def _answer_delete(self, yes: bool | None) -> None:
        if yes:
            self.host.session.request(DeleteWish())

    def _ask_token(self, problem: Problem | None) -> None:
        if self._token_dialog is not None:
            return
        self._token_dialog = TokenDialog(problem, can_try_sandbox=self._sandbox is not None, place=self._token_place)
        self.push_screen(self._token_dialog, self._answer_token)

    def _answer_token(self, choice: TokenChoice | None) -> None:
        self._token_dialog = None
        if choice is None:
            return
        if choice.token is None:
            self._change_to_sandbox()
            return
        self._refused = None
        self.host.session.request(TokenAnswer(choice.token, keep=choice.keep))

    def _change_to_sandbox(self) -> None:
        self.host.leave()
        self._open_sandbox(self.host)

    @work(thread=True, exit_on_error=False)
    def _open_sandbox(self, old: SessionHost) -> None:
        """The port is free when the session before has ended."""
        old.join(LEAVE_SECONDS)
        if self._sandbox is None:
            return
        try:
            self.post_message(SessionReplaced(self._sandbox()))
        except ProblemError as error:
            self.post_message(FactArrived(SessionStopped(error.problem)))

    def on_session_replaced(self, message: SessionReplaced) -> None:
        """Host it."""
        self._main.post_message(StatusNews(message.session.first_status))
        self._inbox.take()
        self.host = SessionHost(message.session)
        self.host.start(self._emit)

    # Keys and commands

    async def on_event(self, event: events.Event) -> None:
        """Pass events on, but no key to a dialog that has just opened."""
        is_key = isinstance(event, events.Key) and event.key not in ("ctrl+c", "ctrl+q")
        if is_key and self.screen_stack and isinstance(self.screen, Dialog) and self.screen.is_deaf:
            return
        await super().on_event(event)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:  # noqa: ARG002 - Textual's
        """A [keymap] that gives one key to two actions: the later wins, and the notice says which one lost."""
        lost = {binding.id for binding in clashed_bindings if binding.id} - self._lost_keys
        if lost:
            self._lost_keys |= lost
            what = f"[keymap] gives one key to two actions; {', '.join(sorted(lost))} lost it."
            problem = Problem(what, "Give it another key in config.toml.", severity=Severity.WARNING)
            self.call_later(self._main.occurred, problem)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every live binding, and what has no key."""
        yield from commands_of(self, screen)
        if screen is self._main:
            if self._main.has_rows:
                yield SystemCommand("Earlier runs", "what the history holds of each", self._main.action_runs)
                yield SystemCommand("Delete this delivery", "asks first", self._main.action_delete_delivery)
                yield SystemCommand("Clear all except marked", "asks first", self._main.action_clear)
            yield SystemCommand("Addresses in full", "what the status line shortens; copy", self._main.action_addresses)
            yield SystemCommand("Forward every delivery", "F: to your own app; return its answer", self.action_forward)
            yield SystemCommand("Simulate an event", "signed, to the receiver or a URL", self.action_simulate)
            yield SystemCommand("Prove the public URL", "try whether it leads here", self._prove)
        yield SystemCommand("Theme", "choose other colours", self.action_change_theme)


def _no_theme(name: str, there: Sequence[str]) -> Problem:
    return Problem(f"There is no theme {visible(name)}.", f"There are: {', '.join(there)}.", severity=Severity.WARNING)
