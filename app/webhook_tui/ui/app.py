"""The app: a worker owns the session and posts its events, the screen shows them, and every way out ends both.

Leaving restores the terminal first; what is still to be deleted or closed goes on in the session meanwhile.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
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

from webhook_tui.domain.commands import StartRegistration
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
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.status import SessionEnd, SessionStatus
from webhook_tui.session.process import STOP_SECONDS
from webhook_tui.ui import theme
from webhook_tui.ui.browser import open_in_browser
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.format.notices import session_ended
from webhook_tui.ui.messages import (
    AnswerRequested,
    CommandRequested,
    CopyRequested,
    LinkChosen,
    RingChanged,
    SessionEventArrived,
    SessionReplaced,
    UpdateReady,
)
from webhook_tui.ui.output_filter import OutputFilter
from webhook_tui.ui.palette import system_commands
from webhook_tui.ui.screens.main import MainScreen
from webhook_tui.ui.session_worker import SessionWorker
from webhook_tui.ui.signals import SignalHandlers
from webhook_tui.ui.terminal_app import TerminalApp

SOON_SECONDS = 10.0
"""A session that ends so soon after it was restarted will do so again."""
REFRESH_SECONDS = 0.05
"""The least time between two refreshes, however many events come."""


class WebhookTuiApp(TerminalApp):
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
        """`now` returns the aware local time. `sandbox` and `restart` start another session: with the embedded PiktID,
        and in place of one that ended. Both block, and raise ProblemError.
        """
        super().__init__()
        theme.register(self)
        self._unknown_theme = "" if theme_name is None or theme_name in self.available_themes else theme_name
        if theme_name is not None and not self._unknown_theme:
            self.theme = theme_name
        self.host = SessionWorker(session)
        self.leaving: queue.SimpleQueue[int] = queue.SimpleQueue()
        """Gets the exit code when leaving begins, for whoever watches that the end comes."""
        self._signals = SignalHandlers(self._leave_session, self._stop_session, self.end)
        self._monotonic = monotonic
        self._output_filter = OutputFilter(in_ascii=in_ascii)
        self._update_lock = threading.Lock()
        self._update: SessionUpdated | None = None
        self._restart_session = restart
        self._restarted_at = float("-inf")
        self._last_refresh = 0.0
        self._lost_keys: set[str] = set()
        open_sandbox = None if sandbox is None else partial(self._replace_session, sandbox)
        self.context = AppContext(
            self, session, session.first_status, now, in_ascii, open_sandbox=open_sandbox, restart=self._restart
        )
        self._main = MainScreen(self.context)
        if keymap:
            self.set_keymap(keymap)

    # Life cycle

    def get_default_screen(self) -> Screen[Any]:
        """Return the main screen."""
        return self._main

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the roles of our stylesheet for every theme."""
        return theme.variable_defaults(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and after them the one that keeps control characters from the terminal."""
        return [*super().get_line_filters(), self._output_filter]

    def on_ready(self) -> None:
        """Start what the session does; a signal that came before ends the app now."""
        if self._unknown_theme:
            self.show_problem(_no_theme(self._unknown_theme, sorted(self.available_themes)))
        self.take_signals()
        self._signals.on_loop_running()
        self._host_session()

    def take_signals(self) -> None:
        """From now on a signal ends the app, and the session shuts down. Repeated calls have no effect."""
        self._signals.install()

    def on_unmount(self) -> None:
        """Stop the session and close the history, on whichever way the screen ended."""
        self._stop_session(self.return_code or 0)
        self._signals.restore()
        self._main.close()

    def _leave_session(self) -> None:
        self.host.leave()

    def _stop_session(self, return_code: int) -> None:
        self.leaving.put(return_code)
        self.host.leave()

    def end(self, return_code: int) -> None:
        """Close the screen, and let the session stop behind it."""
        self._stop_session(return_code)
        self.exit(return_code=return_code)

    def action_leave(self) -> None:
        """Leave now."""
        self.end(0)

    async def action_quit(self) -> None:
        """Leave, by Textual's own name for it."""
        self.end(0)

    def on_leave_requested(self) -> None:
        """Leave."""
        self.end(0)

    # Events of the session

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
            self.set_timer(wait, self._refresh)
        else:
            self._refresh()

    def _refresh(self) -> None:
        self._last_refresh = self._monotonic()
        with self._update_lock:
            update, self._update = self._update, None
        main = self._main
        if update is None or not main.children:
            return  # the screen is closed already
        # In the screen's own turn: Textual stops a message at the parent in whose turn it was posted.
        if update.status is not None:
            self._show_status(update.status)
        main.deliveries.add_forward_results(update.results)
        if update.replay is not None:
            main.replay.on_progress(update.replay)
        has_changed = update.newest_seq is not None or update.reverified or update.changed
        if has_changed and main.deliveries.rows is not None:
            main.call_later(main.refresh_deliveries, update.newest_seq, update.reverified, update.changed)

    def _show_status(self, status: SessionStatus) -> None:
        self.context.status = status
        self._main.call_later(self._main.show_status)

    def on_session_event_arrived(self, message: SessionEventArrived) -> None:
        """Route an event: an answer to show, a question to ask, or the outcome of a command."""
        main = self._main
        match message.fact:
            case HistoryOpened():
                main.call_later(main.open_history, self.context.session.open_rows())
            case SecretRingChanged():
                for screen in self.screen_stack:
                    screen.post_message(RingChanged())
            case OwnershipQuestioned() | TokenRequired() as question:
                main.prompts.ask(question)
            case outcome:
                self._show_outcome(outcome)

    def _show_outcome(self, event: SessionEvent) -> None:
        main = self._main
        match event:
            case ProblemOccurred(problem, again):
                main.prompts.token_problem = problem if problem.needs_token else None
                main.notices.show(problem, None if again is None else self.context.now() + timedelta(seconds=again))
            case Replayed(sent):
                if not main.deliveries.add_forward_results((sent,)):
                    self.toast(f"Replayed #{sent.seq}: {sent.outcome}")
            case Notified(sentence):
                main.notices.clear()
                self.toast(sentence)
            case DeliveriesDeleted(count):
                main.annotations.on_deliveries_deleted()
                self.toast(f"Deleted {'1 delivery' if count == 1 else f'{count:,} deliveries'}")
            case WebhookRegistered() | SessionReady():
                main.prompts.token_problem = None
                main.notices.clear()
            case SessionStopped():
                self._session_ended(event)
            case _:
                pass

    # Another session

    def _session_ended(self, stopped: SessionStopped) -> None:
        """Keep what is stored readable; the status says what is gone."""
        is_repeated = self._monotonic() - self._restarted_at < SOON_SECONDS
        problem = stopped.problem or session_ended(
            self._main.deliveries.newest_seq, is_unexpected=stopped.is_unexpected, is_repeated=is_repeated
        )
        self._show_status(replace(self.context.status, end=SessionEnd(self.context.now(), problem)))

    def _restart(self) -> None:
        """Start another session in place of one that ended."""
        end = self.context.status.end
        if self._restart_session is not None and end is not None and end.restarting_since is None:
            self._restarted_at = self._monotonic()
            restarting = replace(end, restarting_since=self.context.now())
            self._show_status(replace(self.context.status, end=restarting))
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
        """Run the other session."""
        self.context.session = message.session
        with self._update_lock:
            self._update = None
        if self.context.status.end is None:
            self._show_status(message.session.first_status)
        self.host = SessionWorker(message.session)
        self._host_session()

    # Requests of widgets and dialogs

    def show_problem(self, problem: Problem) -> None:
        """Show it as the notice of the main screen."""
        self._main.notices.show(problem)

    def toast(self, sentence: str) -> None:
        """Show a sentence for a moment."""
        self.notify(visible(sentence), markup=False)

    def on_command_requested(self, message: CommandRequested) -> None:
        """Send the command to the session."""
        self.context.request(message.command)

    def on_answer_requested(self, message: AnswerRequested) -> None:
        """Send the query to the session."""
        self.context.query(message.asker, message.query, message.show, message.failed)

    def on_copy_requested(self, message: CopyRequested) -> None:
        """Copy a text that is shown, and so without control characters."""
        self.copy(message.text, message.what)

    def on_link_chosen(self, message: LinkChosen) -> None:
        """Open a link that the user saw in full."""
        self.open_url(message.url)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open a link in the browser; Textual's own would hand the token on to it."""
        open_in_browser(url, new_tab=new_tab)

    # Keys and commands

    async def on_event(self, event: events.Event) -> None:
        """Pass events on, but no key to a dialog that has just opened."""
        is_key = isinstance(event, events.Key) and event.key not in ("ctrl+c", "ctrl+q")
        if is_key and self.screen_stack and isinstance(self.screen, Dialog) and self.screen.is_deaf:
            return
        await super().on_event(event)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:  # noqa: ARG002 - Textual's
        """Show a notice when [keymap] gives one key to two actions; the later one keeps it."""
        lost = {binding.id for binding in clashed_bindings if binding.id} - self._lost_keys
        if lost:
            self._lost_keys |= lost
            what = f"[keymap] gives one key to two actions; {', '.join(sorted(lost))} lost it."
            problem = Problem(what, "Give it another key in config.toml.", severity=Severity.WARNING)
            self.call_later(self.show_problem, problem)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Return every available action, by name."""
        return system_commands(self, screen)


def _no_theme(name: str, there: Sequence[str]) -> Problem:
    return Problem(f"There is no theme {visible(name)}.", f"There are: {', '.join(there)}.", severity=Severity.WARNING)
