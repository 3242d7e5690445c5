"""An app that shares its terminal: with an editor, with the shell on ctrl+z, with the clipboard, and with images.

A crash prints one sentence, never a traceback: that would show the values of variables, and secrets are among them.
"""

from __future__ import annotations

import logging
import os
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver

from webhook_tui.domain.errors import Problem
from webhook_tui.ui import notice_texts
from webhook_tui.ui.frame_budget import call_after
from webhook_tui.ui.terminal.answers import AttributesReported, CellSizeReported, GraphicsAnswered, TerminalNamed
from webhook_tui.ui.terminal.desktop import TERMINAL_BYTES, clipboard_command, copy_by_command
from webhook_tui.ui.terminal.graphics import Answer, Graphics
from webhook_tui.ui.terminal.images import TerminalImages
from webhook_tui.ui.terminal.tmux import outer_terminal

if TYPE_CHECKING:
    from webhook_tui.ui.terminal.driver import TerminalDriver

_log = logging.getLogger(__name__)
_DRAIN_SECONDS = 0.01
"""How often it is looked whether the terminal has taken what was written."""


class TerminalApp(App[object]):
    """An app in a terminal that other programs use, too. Textual's own would stay blank when one of them fails."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+z", "suspend_process", "Stop", show=False, system=True, id="app.suspend", tooltip="stop until fg"
        ),
    ]

    def __init__(self, *, images: str = "auto") -> None:
        """`images`: how images are drawn, of config.IMAGES."""
        super().__init__()
        self.graphics = Graphics(self, images)
        self.images = TerminalImages(self.send_to_terminal, self._when_written)
        self.crash: BaseException | None = None
        """The exception that ended the app, if one did."""
        self._unseen = 0
        """Alerts since the last key or click."""

    @abstractmethod
    def show_problem(self, problem: Problem) -> None:
        """Show a notice."""

    @abstractmethod
    def toast(self, sentence: str) -> None:
        """Show a sentence for a moment."""

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's choice, but for its driver of Unix terminals ours."""
        chosen = super().get_driver_class()
        if sys.platform == "win32":
            return chosen
        from textual.drivers.linux_driver import LinuxDriver  # noqa: PLC0415 -- not on Windows

        from webhook_tui.ui.terminal.driver import TerminalDriver  # noqa: PLC0415 -- only a real terminal needs it

        return TerminalDriver if chosen is LinuxDriver else chosen

    @property
    def _terminal(self) -> TerminalDriver | None:
        if sys.platform == "win32":
            return None
        from webhook_tui.ui.terminal.driver import TerminalDriver  # noqa: PLC0415 -- not on Windows

        return self._driver if isinstance(self._driver, TerminalDriver) else None

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Lend the terminal to another program. The screen comes back also when an exception is raised."""
        raised: BaseException | None = None
        with super().suspend(), self._terminal.lent_terminal() if self._terminal else nullcontext():
            try:
                yield
            except BaseException as error:  # noqa: BLE001 -- Textual's own would not resume
                raised = error
        self.images.redraw()
        if raised is not None:
            raise raised

    @on(Driver.SignalResume)
    def _continued(self) -> None:
        self.refresh(layout=True)
        self.images.redraw()
        if self._terminal is not None:
            self.show_problem(notice_texts.WAS_STOPPED if self._terminal.was_stopped else notice_texts.CANNOT_STOP)

    def on_app_focus(self) -> None:
        """Ask for the mouse again: the terminal may be another one than before."""
        self._restore_terminal()
        self.see_alerts()

    def on_resize(self) -> None:
        """Ask for the mouse again: a resize may come from a multiplexer that was attached again."""
        self._restore_terminal()

    def _restore_terminal(self) -> None:
        """Ask for the mouse; within tmux send the images again, too, which it dropped while this pane was hidden."""
        if self._terminal is not None:
            self._terminal.request_mouse()
        if self.graphics.in_tmux and self.graphics.draws_images:
            self.send_to_terminal(self.images.delete_all())
            self.images.redraw()

    @property
    def has_colours(self) -> bool:
        """Whether the screen has any: with NO_COLOR, and in a terminal without colours, it has none."""
        return not self.no_color and self.console.color_system is not None

    # Images

    @property
    def has_image_colours(self) -> bool:
        """Whether cells can have the 256 colours that say which image they show."""
        return not self.no_color and self.console.color_system in ("256", "truecolor")

    @property
    def device_cell_size(self) -> tuple[int, int] | None:
        """Width and height of a cell in pixels, as the terminal's device says; None where it does not."""
        return None if self._terminal is None else self._terminal.cell_size

    def send_to_terminal(self, sequence: str) -> bool:
        """Write an escape sequence; return whether there is a terminal that no other program has."""
        return self._terminal is not None and self._terminal.send(sequence)

    def _when_written(self, callback: Callable[[], None]) -> None:
        """Call back when the terminal has taken all that was written."""

        def check() -> None:
            if self._terminal is None or self._terminal.is_drained:
                callback()
            else:
                self._when_written(callback)

        call_after(self, _DRAIN_SECONDS, check)

    def ask_terminal(self, query: str) -> bool:
        """Write a query whose response `answers` reads; return False where there is no terminal to write it to."""
        return self._terminal is not None and self._terminal.ask(query)

    @work(thread=True, group="tmux", exit_on_error=False, description="tmux")
    def ask_tmux(self) -> None:
        """Find out what tmux runs in."""
        self.call_later(self.graphics.on_outer_terminal, outer_terminal(os.environ))

    @on(GraphicsAnswered)
    @on(TerminalNamed)
    @on(CellSizeReported)
    @on(AttributesReported)
    def _answered(self, answer: Answer) -> None:
        self.graphics.on_answer(answer)

    def alert(self, sentence: str, count: int) -> None:
        """Ring and notify, and count it in the terminal's title until a key or the mouse is used."""
        self._unseen += count
        if self._terminal is not None:
            self._terminal.send_notification(sentence)
            self._terminal.show_unseen(self._unseen)

    def see_alerts(self) -> None:
        """The user is here: nothing is unseen any more."""
        if self._unseen:
            self._unseen = 0
            if self._terminal is not None:
                self._terminal.show_unseen(0)

    # Clipboard

    def copy_to_clipboard(self, text: str) -> None:
        """Copy without a toast, as Textual's fields do."""
        self.copy(text, "")

    def copy(self, text: str, what: str) -> None:
        """Copy a text and show a toast; `what` names the text."""
        command = clipboard_command()
        if command is None:
            self._send_to_terminal(text, what)
        else:
            self._copy_by_command(command, text, what)

    @work(thread=True, group="clipboard", exit_on_error=False, description="copy")  # else Textual quotes the text
    def _copy_by_command(self, command: Sequence[str], text: str, what: str) -> None:
        is_copied = copy_by_command(command, text)
        self.call_later(self._copied if is_copied else self._send_to_terminal, text, what)

    def _copied(self, text: str, what: str) -> None:
        self._clipboard = text  # what ctrl+v puts into a field
        if what:
            self.toast(notice_texts.copied(what, len(text.encode())))

    def _send_to_terminal(self, text: str, what: str) -> None:
        """Copy by OSC 52. Terminals do not answer it, so the outcome is unknown."""
        super().copy_to_clipboard(text)
        size = len(text.encode())
        if what:
            self.toast(notice_texts.sent_to_terminal(what, size, TERMINAL_BYTES))

    # Crashes

    def _handle_exception(self, error: Exception) -> None:
        self.crash = error
        _log.error("the screen ended by an error", exc_info=error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._exit_renderables.append(Text(notice_texts.crashed(self.crash)))
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """Print the sentence in place of what Textual would print."""
        self._return_code = 1
        self._fatal_error()

    def _print_error_renderables(self) -> None:
        """Print the sentence on standard error, once."""
        if self._exit_renderables:
            print(self._exit_renderables[0], file=sys.stderr)  # noqa: T201 - the screen is gone
            self._exit_renderables.clear()
