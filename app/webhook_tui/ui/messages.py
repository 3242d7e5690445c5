"""Messages between widgets, dialogs and the app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from textual.message import Message
from textual.message_pump import MessagePump

from webhook_tui.domain.commands import Command
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import Downloaded, Downloading, LoadedImages
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


class KeyHandled(Message):
    """The widget to which it is sent, and those that contain it, have handled the keys before it."""

    def __init__(self, rounds: int) -> None:
        """`rounds`: how many such messages are sent one after the other, this one included."""
        super().__init__()
        self.rounds = rounds


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


class ImageClient(Protocol):
    """A widget that shows images which are loaded from elsewhere."""

    def ask(self, host: str) -> None:
        """Ask the user whether images of this host may be loaded."""

    def show_images(self, images: LoadedImages) -> None:
        """Something has changed about the images that were requested."""

    @property
    def is_attached(self) -> bool:
        """Whether it is still on the screen."""

    def show_download(self, state: Downloading | Downloaded) -> None:
        """Show how far a download is, or what came of it."""


class ImageRequested(Message):
    """A widget shows these images from now on, and no others."""

    def __init__(
        self,
        client: ImageClient,
        urls: tuple[str, ...],
        *,
        is_confirmed: bool = False,
        keeps_host: bool = False,
        again: bool = False,
    ) -> None:
        super().__init__()
        self.client = client
        self.urls = urls
        self.is_confirmed = is_confirmed
        """Whether the user allowed it; else hosts that were not allowed before are asked for."""
        self.keeps_host = keeps_host
        """Whether the user allowed it for these hosts for ever."""
        self.again = again
        """Whether those that could not be loaded are to be tried again."""


class ImageDownloadRequested(Message):
    """The user saves images as files, in a folder of that name below ~/Downloads."""

    def __init__(self, client: ImageClient, urls: tuple[str, ...], job: str) -> None:
        super().__init__()
        self.client = client
        self.urls = urls
        self.job = job
        """Raw; "": they are saved without a folder of their own."""


class ImageDownloadStopped(Message):
    """The user stops the download."""


class ImageLoadCancelled(Message):
    """A widget shows no images any more, or the user stops their loading."""

    def __init__(self, client: ImageClient) -> None:
        super().__init__()
        self.client = client


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
