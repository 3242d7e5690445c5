"""The app: hosts the session in its thread, passes wishes up and news down, and ends on every way out.

The session's thread only posts; everything that is shown is owned by the screen's thread. Leaving restores the terminal
first: what is still to be tidied goes on in the session's thread, which the caller joins.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import events, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.screen import Screen

from webhook_tui.domain.commands import CheckReachability, Command, DeleteWebhook, StartRegistration
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, ProblemError, Severity
from webhook_tui.domain.events import (
    DeliveriesDeleted,
    HistoryOpened,
    Notified,
    OwnershipQuestioned,
    ProblemOccurred,
    Replayed,
    SecretRingChanged,
    SessionEvent,
    SessionReady,
    SessionStopped,
    SessionUpdated,
    TokenRequired,
    WebhookRegistered,
)
from webhook_tui.domain.filtering.time_range import TimeRange
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.status import SessionEnd, SessionStatus
from webhook_tui.session.process import STOP_SECONDS
from webhook_tui.ui import theme
from webhook_tui.ui.browser import open_in_browser
from webhook_tui.ui.commands import commands_of
from webhook_tui.ui.dialogs.delete import DeleteDialog
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.format.notices import session_ended
from webhook_tui.ui.messages import (
    AnswerRequested,
    CommandRequested,
    CopyRequested,
    DeliveriesChanged,
    HistoryReady,
    LinkChosen,
    ReplayRequested,
    RingChanged,
    SearchAdvanced,
    SearchRequested,
    SessionEventArrived,
    SessionReplaced,
    StatusUpdated,
    UpdateReady,
)
from webhook_tui.ui.output_filter import OutputFilter
from webhook_tui.ui.prompts import PromptController
from webhook_tui.ui.replay import ReplayController
from webhook_tui.ui.selection import Selection
from webhook_tui.ui.selection_resolver import SelectionResolver
from webhook_tui.ui.session_worker import SessionWorker
from webhook_tui.ui.workers import WorkerApp

SOON_SECONDS = 10.0
"""A session that ends so soon after it was restarted will do so again."""
REFRESH_SECONDS = 0.05
"""The least time between two refreshes, however many facts come."""


class WebhookTuiApp(WorkerApp):
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
        restart: Callable[[], SessionPort] | None = None,
        keymap: Mapping[str, str] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` gives aware local time. `sandbox` and `restart` start another session: with the embedded PiktID, and in
        place of one that ended. Both block, and raise ProblemError.
        """
        super().__init__(session, now=now, in_ascii=in_ascii)
        theme.register(self)
        self._unknown_theme = "" if theme_name is None or theme_name in self.available_themes else theme_name
        if theme_name is not None and not self._unknown_theme:
            self.theme = theme_name
        self._monotonic = monotonic
        self._output_filter = OutputFilter(in_ascii=in_ascii)
        self._update_lock = threading.Lock()
        self._update: SessionUpdated | None = None
        self._status = session.first_status
        self._restart_session = restart
        self._restarted_at = float("-inf")
        self.acting = ReplayController(self, self._request, self._main.occurred, self._pick, now, in_ascii=in_ascii)
        self._last_refresh = 0.0
        self._rows: DeliveryRows | None = None
        self._search: FoundRows | None = None
        self._search_number = 0
        self._asking = PromptController(
            self,
            self._request,
            self._watch,
            None if sandbox is None else partial(self._replace_session, sandbox),
        )
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
        """The screen is shown: start what the session does, and end when a signal says so."""
        if self._unknown_theme:
            self._main.occurred(_no_theme(self._unknown_theme, sorted(self.available_themes)))
        self.take_signals()
        self.on_screen_shown()
        self._host_session()

    def on_unmount(self) -> None:
        """On whichever way: the session ends, the rows are closed."""
        self.let_go()
        self._main.forget_searches()
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    # What the session says

    def _host_session(self) -> None:
        """Let a Textual worker own the session: it starts it, carries its events, ends it with the app."""
        self.run_worker(self.host.work(self._emit), group="session", exit_on_error=False)
        self.host.session.request(StartRegistration())

    def _emit(self, event: SessionEvent) -> None:
        """Called in another thread: only posts; updates that come faster than they are shown become one."""
        if not isinstance(event, SessionUpdated):
            self.post_message(SessionEventArrived(event))
            return
        with self._update_lock:
            is_announced = self._update is not None
            self._update = event if self._update is None else self._update.followed_by(event)
        if not is_announced:
            self.post_message(UpdateReady())

    def on_update_ready(self) -> None:
        """Refresh now, or when the last refresh is long enough ago."""
        wait = self._last_refresh + REFRESH_SECONDS - self._monotonic()
        if wait > 0:
            self.set_timer(wait, self._refresh_all)
        else:
            self._refresh_all()

    def _refresh_all(self) -> None:
        self._last_refresh = self._monotonic()
        with self._update_lock:
            update, self._update = self._update, None
        if update is None or not self._main.children:
            return  # the screen is gone, and this came after it
        if update.status is not None:
            self._show_status(update.status)
        self._main.keep_sent(update.results)
        if update.replay is not None:
            self.acting.advanced(update.replay)
        if (update.newest_seq or update.reverified or update.changed) and self._rows is not None:
            self._main.post_message(DeliveriesChanged(update.newest_seq, update.reverified, update.changed))

    def _show_status(self, status: SessionStatus) -> None:
        self._status = status
        self._asking.token_place = status.token_place
        self._main.post_message(StatusUpdated(status))

    def on_session_event_arrived(self, message: SessionEventArrived) -> None:
        """What comes one by one: an answer to show, a question to ask, or how a wish ended."""
        match message.fact:
            case HistoryOpened():
                self._open_rows()
            case SecretRingChanged():
                for screen in self.screen_stack:
                    screen.post_message(RingChanged())
            case OwnershipQuestioned() | TokenRequired() as question:
                self._asking.ask(question)
            case other:
                self._tell_outcome(other)

    def _tell_outcome(self, fact: SessionEvent) -> None:
        match fact:
            case ProblemOccurred(problem, again):
                self._asking.refused = problem if problem.needs_token else None
                again_at = None if again is None else self.now() + timedelta(seconds=again)
                self._main.occurred(problem, again_at)
            case Replayed(sent):
                if not self._main.keep_sent((sent,)):
                    self.toast(f"Replayed #{sent.seq}: {sent.outcome}")
            case Notified(sentence):
                self._main.occurred(None)
                self.toast(sentence)
            case DeliveriesDeleted(count):
                self._main.deliveries_deleted()
                self.toast(f"Deleted {'1 delivery' if count == 1 else f'{count:,} deliveries'}")
            case WebhookRegistered() | SessionReady():
                self._asking.refused = None
                self._main.occurred(None)
            case SessionStopped():
                self._session_ended(fact)
            case _:
                pass

    def _open_rows(self) -> None:
        self._rows = self.host.session.open_rows()
        self._main.post_message(HistoryReady(self._rows))

    # What the user wants

    def on_command_requested(self, message: CommandRequested) -> None:
        """Pass it on."""
        self._request(message.command)

    def on_answer_requested(self, message: AnswerRequested) -> None:
        """Ask the session; the answer is shown by whoever asked, if it is still there."""
        session = self.host.session

        def answered(future: Future[Any]) -> None:
            # Called in the session's thread, which may outlive the screen's loop.
            with contextlib.suppress(RuntimeError):
                self.call_later(self._show_answer, session, message, future)

        session.query(message.query).add_done_callback(answered)

    def _show_answer(self, session: SessionPort, asked: AnswerRequested, future: Future[Any]) -> None:
        error = future.exception()
        if session is not self.host.session or not asked.asker.is_running:
            return
        if error is None:
            asked.show(future.result())
        elif not isinstance(error, ProblemError):
            raise error
        elif asked.failed is not None:
            asked.failed(error.problem)
        else:
            self._main.occurred(error.problem)

    def _request(self, command: Command) -> None:
        if self._status.end is not None:
            self._main.occurred(self._status.end.problem)
        else:
            self.host.session.request(command)

    def on_answers_requested(self) -> None:
        """Ask which rule."""
        self.acting.answers(self._main.status)

    def on_replay_requested(self, message: ReplayRequested) -> None:
        """Ask where to, perhaps after the editor."""
        if message.edit:
            self.acting.edit_and_replay(message.stored, self._main.status)
        else:
            self.acting.replay(message.stored, message.selections, self._main.status)

    def _pick(self, selection: Selection, during: TimeRange | None, is_wanted: Callable[[], bool]) -> tuple[int, ...]:
        return SelectionResolver(self.host.session, self.now).pick(selection, during, is_wanted)

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

    def on_link_chosen(self, message: LinkChosen) -> None:
        """The user saw it in full and wants it in the browser."""
        self.open_url(message.url)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Textual's own way would hand the token on to the browser."""
        open_in_browser(url, new_tab=new_tab)

    def on_registration_requested(self) -> None:
        """Register, or ask for another token; after the session's end, restart it."""
        if self._status.end is not None:
            self._restart(self._status.end)
            return
        self._asking.register(self._main.status)

    def _watch(self) -> None:
        if not self._main.stream.is_open:
            self._main.action_stream()

    def _prove(self) -> None:
        self._request(CheckReachability())

    def on_delete_requested(self) -> None:
        """Ask first."""
        status = self._main.status
        dialog = DeleteDialog(status.webhook.url or "", status.counts.received)
        self.push_screen(dialog, self._answer_delete)

    def on_copy_requested(self, message: CopyRequested) -> None:
        """To the clipboard; what is copied is what was shown, harmless."""
        self.copy(message.text, message.what)

    def on_leave_requested(self) -> None:
        """Leave."""
        self.end(0)

    def _answer_delete(self, yes: bool | None) -> None:
        if yes:
            self._request(DeleteWebhook())

    # Another session

    def _session_ended(self, stopped: SessionStopped) -> None:
        """What is stored stays readable; the status says what is gone."""
        is_repeated = self._monotonic() - self._restarted_at < SOON_SECONDS
        problem = stopped.problem or session_ended(
            self._main.newest_seq, is_unexpected=stopped.is_unexpected, is_repeated=is_repeated
        )
        self._show_status(replace(self._status, end=SessionEnd(self.now(), problem)))

    def _restart(self, end: SessionEnd) -> None:
        if self._restart_session is not None and end.restarting_since is None:
            self._restarted_at = self._monotonic()
            self._show_status(replace(self._status, end=replace(end, restarting_since=self.now())))
            self._replace_session(self._restart_session)

    def _replace_session(self, start: Callable[[], SessionPort]) -> None:
        self.host.leave()
        self._start_session(self.host, start)

    @work(thread=True, exit_on_error=False)
    def _start_session(self, old: SessionWorker, start: Callable[[], SessionPort]) -> None:
        """The port is free when the session before has ended."""
        old.join(STOP_SECONDS + 0.5)
        try:
            self.post_message(SessionReplaced(start()))
        except ProblemError as error:
            self.post_message(SessionEventArrived(SessionStopped(error.problem)))

    def on_session_replaced(self, message: SessionReplaced) -> None:
        """Host it."""
        with self._update_lock:
            self._update = None
        if self._status.end is None:
            self._show_status(message.session.first_status)
        self.host = SessionWorker(message.session)
        self._host_session()

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
            yield SystemCommand("Forward every delivery", "to your own app; its answer goes back", self.action_forward)
            yield SystemCommand("Simulate an event", "signed, to the receiver or a URL", self.action_simulate)
            yield SystemCommand("Prove the public URL", "try whether it leads here", self._prove)
        yield SystemCommand("Theme", "choose other colours", self.action_change_theme)


def _no_theme(name: str, there: Sequence[str]) -> Problem:
    return Problem(f"There is no theme {visible(name)}.", f"There are: {', '.join(there)}.", severity=Severity.WARNING)
