"""Messages between widgets, dialogs and the app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.message import Message
from textual.message_pump import MessagePump

from webhook_tui.domain.commands import Command
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.queries import Answer, Query


class CommandRequested(Message):
    """The user requests a command of the session."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command


class AnswerRequested(Message):
    """A widget or a dialog queries the session."""

    def __init__(
        self,
        asker: MessagePump,
        query: Query[Answer],
        show: Callable[[Answer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """`show` gets the answer, `failed` why there is none, while `asker` is on the screen.

        Without `failed` the notice shows the problem.
        """
        super().__init__()
        self.asker = asker
        self.query: Query[Any] = query
        self.show: Callable[[Any], None] = show
        self.failed = failed


class LinkChosen(Message):
    """The user opens a link that was shown in full."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class LinkPicked(Message):
    """The user wants to open a link in the browser; it is to be shown in full first."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class ImageRequested(Message):
    """Images are to be shown, the result of an event and the input that it was made from."""

    def __init__(self, urls: tuple[str, ...], *, is_confirmed: bool, keeps_host: bool) -> None:
        super().__init__()
        self.urls = urls
        self.is_confirmed = is_confirmed
        """Whether the user allowed it; else hosts that were not allowed before are asked for."""
        self.keeps_host = keeps_host
        """Whether the user allowed it for this host until the end of the run."""


class ImageDownloadRequested(Message):
    """The user saves an image as a file."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class ImageLoadCancelled(Message):
    """The user stops the loading of an image."""


class QueryRequested(Message):
    """The user queries a payload; the detail gets the result."""

    def __init__(self, seq: int, body: bytes, expression: str) -> None:
        super().__init__()
        self.seq = seq
        self.body = body
        self.expression = expression
        """"": no query any more."""


class CopyRequested(Message):
    """The user copies a text; `what` names it in the toast."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class LeaveRequested(Message):
    """The user leaves the program."""


class RingChanged(Message):
    """The secret ring changed."""
