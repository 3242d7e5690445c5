"""The app: runs the session in a worker and routes its events to the screen.

Other threads only post; everything that is shown is owned by the screen's thread. Leaving restores the terminal first:
what is still to be deleted or closed goes on in the session, for whose end the caller waits.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.filter import ANSIToTruecolor, LineFilter
from textual.screen import Screen
from textual.theme import ThemeProvider

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import (
    Alerted,
    DeliveriesDeleted,
    HandlerCheckAdvanced,
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
from webhook_tui.domain.status import SessionStatus
from webhook_tui.named_filters import NamedFilters
from webhook_tui.session.process.session_process import STOP_SECONDS
from webhook_tui.ui import notice_texts, theme
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.session import SessionController
from webhook_tui.ui.dialogs.key_queue import KeyQueue
from webhook_tui.ui.messages import (
    AnswerRequested,
    CommandRequested,
    CopyRequested,
    ImageDownloadRequested,
    ImageDownloadStopped,
    ImageLoadCancelled,
    ImageRequested,
    KeyHandled,
    LinkChosen,
    RingChanged,
)
from webhook_tui.ui.palette import Palette, system_commands
from webhook_tui.ui.preferences import PreferencesFile
from webhook_tui.ui.screens.main import MainScreen
from webhook_tui.ui.session_worker import SessionWorker
from webhook_tui.ui.terminal.app import TerminalApp
from webhook_tui.ui.terminal.desktop import open_in_browser
from webhook_tui.ui.terminal.output_filter import OutputFilter
from webhook_tui.ui.terminal.signals import SignalHandlers

_OPEN_AGAIN_SECONDS = 2.0


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
        images: str = "auto",
        theme_name: str | None = None,
        sandbox: Callable[[], SessionPort] | None = None,
        restart: Callable[[], SessionPort] | None = None,
        keymap: Mapping[str, str] | None = None,
        preferences: PreferencesFile | None = None,
        filters: NamedFilters | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        thread_time: Callable[[], float] = time.thread_time,
    ) -> None:
        """`now` returns the aware local time. `images`: how they are drawn, of config.IMAGES.

        `sandbox` and `restart` start another session: with the embedded PiktID, and in place of one that ended; both
        block, and raise ProblemError. `preferences`: what is kept between runs.
        """
        super().__init__(images="blocks" if in_ascii else images)
        theme.register(self)
        self.stylesheet = theme.CachedStylesheet(variables=self.get_css_variables())
        self._unknown_theme = "" if theme_name is None or theme_name in self.available_themes else theme_name
        if theme_name is not None and not self._unknown_theme:
            self.theme = theme_name
        self.leaving: queue.SimpleQueue[int] = queue.SimpleQueue()
        """Called with the exit code when leaving begins, so that the end can be supervised."""
        self._signals = SignalHandlers(self._leave_session, self._stop_session, self.end)
        self._output_filter = OutputFilter(in_ascii=in_ascii, is_own_image=self.images.is_own)
        self._lost_keys: set[str] = set()
        self.context = AppContext(
            self,
            session,
            session.first_status,
            now,
            in_ascii,
            None if sandbox is None else lambda: self._sessions.replace(sandbox),
            self._restart,
            preferences or PreferencesFile(None),
            self.theme,
            filters or NamedFilters(),
        )
        kept_theme = self.context.preferences.read().theme
        if theme_name is None and kept_theme in self.available_themes:
            self.theme = kept_theme
        self._main = MainScreen(self.context, monotonic=monotonic, thread_time=thread_time)
        self._sessions = SessionController(
            self.context,
            self._main.frames,
            on_event=self._on_session_event,
            on_update=self._on_session_update,
            restart=restart,
            stop_seconds=STOP_SECONDS + 0.5,
            monotonic=monotonic,
        )
        self._keymap_ids = tuple(keymap or ())
        self._keys = KeyQueue(self, super().on_event)
        if keymap:
            self.set_keymap(keymap)

    # Life cycle

    @property
    def host(self) -> SessionWorker:
        """The worker of the present session."""
        return self._sessions.worker

    def take_signals(self) -> None:
        """Let signals end the app and stop the session."""
        self._signals.install()

    def get_default_screen(self) -> Screen[Any]:
        """Return the main screen, with the classes for its size: Textual sets them only after the first frame."""
        for side, breakpoints in zip(self.size, (self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), strict=True):
            self._main.add_class(*[name for least, name in breakpoints if side >= least][-1:])
        return self._main

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the roles of our stylesheet for every theme.

        For none while Textual makes its own stylesheet, which the constructor replaces.
        """
        return theme.variable_defaults(self.current_theme) if theme.DEFAULT_THEME in self.available_themes else {}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and after them the one that keeps control characters from the terminal.

        Not the one that turns the terminal's sixteen colours into others: no style of ours is one of them, and it makes
        each line once more.
        """
        filters = (filter_ for filter_ in super().get_line_filters() if not isinstance(filter_, ANSIToTruecolor))
        return [*filters, self._output_filter]

    async def on_ready(self) -> None:
        """Mount the rest of the screen, whose first frame is shown, and start the session."""
        if self._unknown_theme:
            self.show_problem(notice_texts.no_theme(self._unknown_theme, sorted(self.available_themes)))
        if self._keymap_ids:
            self.context.run_in_thread(partial(_unknown_ids, self._keymap_ids), self._warn)
        self._signals.install()
        self._signals.attach()
        if self.return_code is not None:  # it ends already, and Textual mounts nothing more
            return
        self._sessions.start_registration()
        await self._main.complete()
        self._sessions.start()

    def _warn(self, problem: Problem | None) -> None:
        if problem is not None:
            self.show_problem(problem)

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
        """Close the screen and stop the session."""
        self._stop_session(return_code)
        self.exit(return_code=return_code)

    def action_command_palette(self) -> None:
        """Open the palette, unless it is open."""
        if not Palette.is_open(self):
            self.push_screen(Palette(id="--command-palette"))  # by which Textual knows whether it is open

    def search_themes(self) -> None:
        """Open the palette with the themes."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def action_leave(self) -> None:
        self.end(0)

    async def action_quit(self) -> None:
        """Leave, by Textual's own name for it."""
        self.end(0)

    def on_leave_requested(self) -> None:
        self.end(0)

    # Events of the session

    def _on_session_update(self, update: SessionUpdated) -> None:
        """Show what changed."""
        if update.status is not None:
            self.context.status = update.status
        if self._main.children:  # else the screen is closed already
            self._main.show_update(update)

    def _restart(self) -> None:
        self._sessions.restart()

    def _show_status(self, status: SessionStatus) -> None:
        # In the screen's own turn: Textual stops a message at the parent in whose turn it was posted.
        self.context.status = status
        self._main.call_later(self._main.show_status)

    def _on_session_event(self, event: SessionEvent) -> None:
        """Route an event: a question to ask, or the outcome of a command."""
        main = self._main
        match event:
            case HistoryOpened():
                self._open_history()
            case SecretRingChanged():
                for screen in self.screen_stack:
                    screen.post_message(RingChanged())
            case OwnershipQuestioned() | TokenRequired() as question:
                main.controllers.prompts.ask(question)
            case SessionStopped():
                end = self._sessions.end_of(event, main.deliveries.newest_seq)
                self._show_status(replace(self.context.status, end=end))
            case outcome:
                self._show_outcome(outcome)

    def _open_history(self) -> None:
        """Show the history; while it cannot be opened, say why and try again."""
        try:
            rows = self.context.session.open_rows()
        except ProblemError as error:
            self._main.notices.show(error.problem, self.context.now() + timedelta(seconds=_OPEN_AGAIN_SECONDS))
            self._main.set_timer(_OPEN_AGAIN_SECONDS, self._open_history)
        else:
            self._main.call_later(self._main.open_history, rows)

    def _show_outcome(self, event: SessionEvent) -> None:
        main = self._main
        match event:
            case ProblemOccurred(problem, again):
                main.controllers.prompts.token_problem = problem if problem.needs_token else None
                main.notices.show(problem, None if again is None else self.context.now() + timedelta(seconds=again))
            case Replayed(sent):
                if not main.deliveries.add_forward_results((sent,)):
                    self.toast(notice_texts.replayed(sent.seq, sent.outcome))
            case Alerted(digest):
                self.alert(digest.sentence, digest.count)
            case HandlerCheckAdvanced(check):
                main.controllers.handler_check.on_advanced(check)
            case Notified(sentence):
                main.notices.clear()
                self.toast(sentence)
            case DeliveriesDeleted(count, is_stopped):
                main.show_deletion()
                self.toast(notice_texts.deleted(count, is_stopped=is_stopped))
            case WebhookRegistered() | SessionReady():
                main.controllers.prompts.token_problem = None
                main.notices.clear()
            case _:
                pass

    # Requests of widgets and dialogs

    def show_problem(self, problem: Problem) -> None:
        """Show a problem as the notice of the main screen."""
        self._main.notices.show(problem)

    def toast(self, sentence: str) -> None:
        """Show a sentence for a moment."""
        self.notify(visible(sentence), markup=False)

    def on_command_requested(self, message: CommandRequested) -> None:
        self.context.request(message.command)

    def on_answer_requested(self, message: AnswerRequested) -> None:
        self.context.query(message.asker, message.query, message.show, message.failed)

    def on_copy_requested(self, message: CopyRequested) -> None:
        """Copy a text that is shown, and so is sanitised."""
        self.copy(message.text, message.what)

    def on_image_requested(self, message: ImageRequested) -> None:
        self._main.controllers.images.request(message)

    def on_image_load_cancelled(self, message: ImageLoadCancelled) -> None:
        self._main.controllers.images.cancel(message.client)

    def on_image_download_requested(self, message: ImageDownloadRequested) -> None:
        self._main.controllers.downloads.start(message)

    def on_image_download_stopped(self, _: ImageDownloadStopped) -> None:
        self._main.controllers.downloads.stop()

    def on_link_chosen(self, message: LinkChosen) -> None:
        """Open a link that the user saw in full."""
        self.open_url(message.url)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open a link in the browser; Textual's own method would pass the token on to it."""
        open_in_browser(url, new_tab=new_tab)

    # Keys and commands

    async def on_event(self, event: events.Event) -> None:
        """Pass events on, keys one at a time; ctrl+c and ctrl+q do not wait."""
        if isinstance(event, events.Key | events.MouseDown):
            self.see_alerts()
        if isinstance(event, events.Key) and not event.is_forwarded and event.key not in ("ctrl+c", "ctrl+q"):
            await self._keys.add(event)
        else:
            await super().on_event(event)

    def on_key_handled(self, message: KeyHandled) -> None:
        """Pass the next key on."""
        self._keys.on_handled(message)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:  # noqa: ARG002 - Textual's
        """Show a notice when [keymap] gives one key to two actions; the later one keeps it."""
        lost = {binding.id for binding in clashed_bindings if binding.id} - self._lost_keys
        if lost:
            self._lost_keys |= lost
            self.call_later(self.show_problem, notice_texts.key_clash(sorted(lost)))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Return every available action, by name."""
        return system_commands(self, screen)


def _unknown_ids(ids: Sequence[str]) -> Problem | None:
    from webhook_tui.ui.keymap import unknown_ids  # noqa: PLC0415 -- imports every module of the screen

    return unknown_ids(ids)
