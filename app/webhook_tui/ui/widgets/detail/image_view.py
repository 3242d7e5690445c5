"""The Image tab: asks before anything is fetched, shows what is loaded, and why it could not be."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.images.image import Downloaded, Downloading, ImageLink, LoadedImages
from webhook_tui.ui.actions import screen_action
from webhook_tui.ui.format.image import (
    ShownImage,
    caption,
    facts,
    failure,
    place_of,
    progress_line,
    question,
)
from webhook_tui.ui.frame_budget import call_after
from webhook_tui.ui.messages import (
    CopyRequested,
    ImageDownloadRequested,
    ImageLoadCancelled,
    ImageRequested,
    LinkPicked,
)
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.detail.picture import PictureView
from webhook_tui.ui.widgets.download_line import DownloadLine
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_BESIDE_COLUMNS = 60
"""From so many columns on, an input stands beside its result."""
_FACTS_COLUMNS = 100
"""From so many columns on, the facts stand beside the pictures."""
_FACTS_WIDTH = 38
"""With the blanks before them."""
_REST_SECONDS = 0.15
"""An image is loaded once its row has been under the cursor for so long, unless the user went to the image."""
_WORDS_SECONDS = 0.3
"""A picture that comes earlier needs no words."""


class State(StrEnum):
    """What is shown of the image."""

    ASKING = "asking"
    LOADING = "loading"
    SHOWN = "shown"
    FAILED = "failed"


class ImageView(Vertical, can_focus=True):
    """Shows one image of the delivery."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,enter", "load(False)", "Load", key_display="l", id="image.load", tooltip="load this image"),
        Binding("h", "load(True)", "Always", id="image.load_host", tooltip="load, ask no more"),
        Binding("left", "step(-1)", "Previous", show=False, id="image.previous", tooltip="the previous image"),
        Binding("right", "step(1)", "Images", key_display="← →", id="image.next", tooltip="the next image"),
        Binding("space", "toggle_before", "Before", id="image.toggle", tooltip="before or after"),
        Binding("d", "download", "Download", id="image.download", tooltip="save in ~/Downloads"),
        Binding("r", "retry", "Retry", show=False, id="image.retry_download", tooltip="download it again"),
        Binding("b", "open", "Browser", id="image.open", tooltip="open in the browser…"),
        Binding("z", screen_action("detail.zoom"), "Zoom", id="detail.zoom", tooltip="zoom the detail"),
        Binding("c", "copy", "Copy link", show=False, id="image.copy", tooltip="copy the image's link"),
        Binding("y", "copy", "Copy", show=False, id="delivery.copy", tooltip="copy"),
        Binding("escape", "cancel", "Cancel", key_display="esc", id="image.cancel", tooltip="stop loading"),
    ]
    DEFAULT_CSS = """
    ImageView {
        height: 1fr; width: 1fr;
        & > #image-text { height: auto; width: 1fr; }
        & > #image-buttons { height: 1; margin: 1 0 0 0; display: none; }
        & > #pictures { height: 1fr; display: none; }
        & #image-facts { display: none; width: 35; height: auto; margin: 0 0 0 3; text-wrap: nowrap; }
        &.-facts #image-facts { display: block; }
        & PictureView { width: auto; }
        & > #image-caption { height: 1; display: none; text-wrap: nowrap; text-overflow: ellipsis; color: $muted; }
        &.-asking > #image-text { border-left: outer $primary; padding: 0 0 0 1; margin: 1 0 0 0; }
        &.-asking > #image-buttons { display: block; }
        &.-failed > #image-text { margin: 1 0 0 0; }
        &.-shown > #image-text { display: none; }
        &.-shown > #pictures, &.-shown > #image-caption { display: block; }
        &.-downloading > #image-caption { display: none; }
        & #before { margin: 0 2 0 0; display: none; }
        &.-beside #before { display: block; }
    }
    """

    class Changed(Message):
        """Another image is shown, or another state of it."""

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool, id: str = "image") -> None:  # noqa: A002 -- Textual's name
        super().__init__(id=id)
        self._now = now
        self._in_ascii = in_ascii
        self._glyphs = glyphs(plain=in_ascii)
        self._shown: tuple[ShownImage, ...] = ()
        self._place = 0
        self._shows_before = False
        """Whether the input is shown in place of its result, where there is no room for both."""
        self._images = LoadedImages()
        self._state = State.ASKING
        self._line = DownloadLine(self._glyphs)
        self._requested_urls: tuple[str, ...] = ()
        """What was requested last."""
        self._request_timer: Timer | None = None
        self._loading_since = 0.0
        self._loading_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """A text, buttons, pictures with their facts, and a caption; the state says which are shown."""
        yield Static(id="image-text", markup=False)
        with Horizontal(id="image-buttons"):
            yield KeyButton("Load", "l", id="load", runs="load(False)")
            yield KeyButton("Always this host", "h", id="load_host", runs="load(True)")
            yield KeyButton("Browser", "b", id="open")
            yield KeyButton("Copy link", "c", id="copy")
        with Horizontal(id="pictures"):
            yield PictureView(in_ascii=self._in_ascii, id="before")
            yield PictureView(in_ascii=self._in_ascii, id="after")
            yield Static(id="image-facts", markup=False)
        yield Static(id="image-caption", markup=False)
        yield self._line

    @property
    def link(self) -> ImageLink:
        """The image that is shown."""
        return self._shown[self._place].link

    @property
    def url(self) -> str:
        """Its link, or that of its input if that is shown in its place."""
        is_before = self._shows_before and bool(self.link.before) and not self._has_room
        return self.link.before if is_before else self.link.url

    @property
    def urls(self) -> tuple[str, ...]:
        """The links of all that is to be shown now."""
        if self.link.before and self._has_room:
            return (self.link.url, self.link.before)
        return (self.url,)

    @property
    def place(self) -> str:
        """`image 2 of 3  from cdn.example.com`; "" without an image."""
        return place_of(self._shown, self._place, self.url) if self._shown else ""

    @property
    def drawing(self) -> str:
        """How the picture is drawn; "" without one."""
        return self.query_one("#after", PictureView).drawing if self._state is State.SHOWN else ""

    @property
    def _has_room(self) -> bool:
        return self._picture_columns >= _BESIDE_COLUMNS

    @property
    def _picture_columns(self) -> int:
        return self.size.width - (_FACTS_WIDTH if self.size.width >= _FACTS_COLUMNS else 0)

    # What is shown

    def show(self, images: tuple[ShownImage, ...]) -> None:
        """Show the images of a delivery, the first one first; the same ones keep their place."""
        if images != self._shown:
            self._shown, self._place, self._shows_before = images, 0, False
        self._request()

    def choose(self, url: str = "") -> None:
        """Show the image of that link, or the one that was shown last."""
        for place, shown in enumerate(self._shown):
            if shown.link.url == url:
                self._place, self._shows_before = place, False
        self._request()

    def ask(self, host: str) -> None:
        """Ask whether the image may be loaded from its host."""
        self._set_state(State.ASKING, question(host, self.url))

    def show_images(self, images: LoadedImages) -> None:
        """Show the pictures, else how far they are, else why there are none."""
        self._images = images
        if not self._shown or self.urls != self._requested_urls:
            return
        problem = next((images.problems[url] for url in self.urls if url in images.problems), None)
        if any(url in images.pictures for url in self.urls):
            self._show_pictures()
        elif any(url in images.progress for url in self.urls) or problem is None:
            self._show_loading()
        else:
            self._set_state(State.FAILED, failure(problem))

    def _show_loading(self) -> None:
        """Show how much has arrived, once that has taken a moment."""
        if self._state is not State.LOADING:
            self._loading_since = time.monotonic()
            self._set_state(State.LOADING, Content.empty())
        if self._loading_timer is None:
            self._loading_timer = self.set_interval(_WORDS_SECONDS, self._show_words)
        else:
            self._show_words()

    def _show_words(self) -> None:
        if self._state is not State.LOADING:
            if self._loading_timer is not None:
                self._loading_timer.stop()
                self._loading_timer = None
            return
        seconds = time.monotonic() - self._loading_since
        if seconds >= _WORDS_SECONDS:
            progress = self._images.progress.get(self.url)
            line = progress_line("loading", self.url, progress, self._glyphs, seconds)
            self.query_one("#image-text", Static).update(line)

    def _show_pictures(self) -> None:
        pictures = self._images.pictures
        shown = [url for url in self.urls if url in pictures]
        self._set_state(State.SHOWN, Content.empty())
        is_beside = len(shown) == 2
        self.set_class(is_beside, "-beside")
        self.set_class(self.size.width >= _FACTS_COLUMNS, "-facts")
        columns, rows = self._picture_columns, self.size.height - 1
        after = self.query_one("#after", PictureView)
        if is_beside:
            columns = (columns - 2) // 2
            self.query_one("#before", PictureView).show(pictures[self.link.before], columns, rows)
        after.show(pictures[shown[0]], columns, rows)
        line = caption(self.link, shown, pictures, self.size.width, self._glyphs)
        self.query_one("#image-caption", Static).update(line)
        drawn = f"{after.drawing}, {after.pixels}"
        text = facts(self._shown, self._place, pictures[shown[0]], drawn=drawn, now=self._now(), glyphs=self._glyphs)
        self.query_one("#image-facts", Static).update(text)

    def show_download(self, state: Downloading | Downloaded) -> None:
        """Show how far the download is, or what came of it."""
        self._line.show(state)

    def _set_state(self, state: State, text: Content) -> None:
        self._state = state
        for one in State:
            self.set_class(one is state, f"-{one}")
        self.query_one("#image-text", Static).update(text)
        self.refresh_bindings()
        self.post_message(self.Changed())

    def _request(self, *, is_confirmed: bool = False, keeps_host: bool = False) -> None:
        """Request the pictures in this widget's own turn: Textual stops a message where it was made.

        What the cursor only passes is not requested.
        """
        if not self._shown:
            return
        if self.urls != self._requested_urls:
            self._line.hide()
        self._requested_urls = self.urls
        if self._request_timer is not None:
            self._request_timer.stop()
        if not self._images.missing(self.urls):
            self._show_pictures()
            return
        waits = not (is_confirmed or self.has_focus)
        if waits and self._state is State.SHOWN:
            self._set_state(State.LOADING, Content.empty())
            self._loading_since = time.monotonic()
        post = partial(self._post_request, is_confirmed=is_confirmed, keeps_host=keeps_host)
        if waits:
            self._request_timer = call_after(self, _REST_SECONDS, post)
        else:
            self.call_later(post)

    def _post_request(self, *, is_confirmed: bool, keeps_host: bool) -> None:
        request = partial(ImageRequested, self, self.urls, is_confirmed=is_confirmed, keeps_host=keeps_host)
        self.post_message(request(again=is_confirmed))

    def on_resize(self, _: events.Resize) -> None:
        """Fit the pictures; request the input, too, as soon as there is room for both."""
        if self._shown and self.urls != self._requested_urls:
            self._request()
        elif self._state is State.SHOWN:
            self._show_pictures()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies to the state."""
        match action:
            case "load":
                return self._state is State.ASKING or (self._state is State.FAILED and not parameters[0])
            case "step":
                return len(self._shown) > 1
            case "toggle_before":
                return bool(self._shown and self.link.before) and not self._has_room
            case "retry":
                return self._line.can_retry
            case "cancel":
                return self._state is State.LOADING
            case _:
                return True

    def action_load(self, keeps_host: bool) -> None:
        """Load what is to be shown; `keeps_host`: and ask no more for images of this host."""
        self._request(is_confirmed=True, keeps_host=keeps_host)

    def action_step(self, step: int) -> None:
        self._place = (self._place + step) % len(self._shown)
        self._shows_before = False
        self._request()

    def action_toggle_before(self) -> None:
        self._shows_before = not self._shows_before
        self._request()

    def action_open(self) -> None:
        """Ask whether to open the link in the browser; it is shown in full first."""
        self.post_message(LinkPicked(self.url))

    def action_download(self) -> None:
        job = Summary(job=self._shown[self._place].job).job_without_prefix
        self.post_message(ImageDownloadRequested(self, (self.url,), job))

    def action_retry(self) -> None:
        self._line.retry(self)

    def action_copy(self) -> None:
        self.post_message(CopyRequested(self.url, "the link"))

    def action_cancel(self) -> None:
        self.post_message(ImageLoadCancelled(self))
        self.ask(urlsplit(self.url).netloc)

    async def on_button_pressed(self, event: KeyButton.Pressed) -> None:
        event.stop()
        self.focus()
        if isinstance(event.button, KeyButton):
            await self.run_action(event.button.runs)
