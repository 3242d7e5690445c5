"""The Image tab: asks before anything is fetched, shows what is loaded, and why it could not be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from posixpath import basename
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import LARGEST_BYTES, ImageLink, Picture, Progress
from webhook_tui.ui.messages import (
    CopyRequested,
    ImageDownloadRequested,
    ImageLoadCancelled,
    ImageRequested,
    LinkPicked,
)
from webhook_tui.ui.widgets.detail.picture import PictureView
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_BESIDE_COLUMNS = 60
"""From so many columns on, an input stands beside its result."""
_BAR_CELLS = 30


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
        Binding("b", "open", "Browser", id="image.open", tooltip="open in the browser…"),
        Binding("c", "copy", "Copy link", id="image.copy", tooltip="copy the image's link"),
        Binding("y", "copy", "Copy", show=False, id="delivery.copy", tooltip="copy"),
        Binding("escape", "cancel", "Cancel", key_display="esc", id="image.cancel", tooltip="stop loading"),
    ]
    DEFAULT_CSS = """
    ImageView {
        height: 1fr; width: 1fr;
        & > #image-text { height: auto; width: 1fr; }
        & > #image-buttons { height: 1; margin: 1 0 0 0; display: none; }
        & > #pictures { height: 1fr; display: none; }
        & PictureView { width: auto; }
        & > #image-caption { height: 1; display: none; text-wrap: nowrap; text-overflow: ellipsis; color: $muted; }
        &.-asking > #image-text { border-left: outer $primary; padding: 0 0 0 1; margin: 1 0 0 0; }
        &.-asking > #image-buttons { display: block; }
        &.-failed > #image-text { margin: 1 0 0 0; }
        &.-shown {
            & > #image-text { display: none; }
            & > #pictures, & > #image-caption { display: block; }
        }
        &.-downloading > #image-caption { display: block; }
        & #before { margin: 0 2 0 0; display: none; }
        &.-beside #before { display: block; }
    }
    """

    class Changed(Message):
        """Another image is shown, or another state of it."""

    def __init__(self, *, in_ascii: bool) -> None:
        super().__init__(id="image")
        self._in_ascii = in_ascii
        self._links: tuple[ImageLink, ...] = ()
        self._place = 0
        self._shows_before = False
        """Whether the input is shown in place of its result, where there is no room for both."""
        self._pictures: Mapping[str, Picture] = {}
        self._state = State.ASKING
        self._shown_urls: tuple[str, ...] = ()
        """What was requested last."""
        self._requested: tuple[bool, bool] | None = None
        """Whether it is confirmed and keeps the host; None: nothing is requested."""

    def compose(self) -> ComposeResult:
        """A text, buttons, pictures and a caption; the state says which are shown."""
        yield Static(id="image-text", markup=False)
        with Horizontal(id="image-buttons"):
            yield KeyButton("Load", "l", id="load")
            yield KeyButton("Always this host", "h", id="load_host")
            yield KeyButton("Browser", "b", id="open")
            yield KeyButton("Copy link", "c", id="copy")
        with Horizontal(id="pictures"):
            yield PictureView(in_ascii=self._in_ascii, id="before")
            yield PictureView(in_ascii=self._in_ascii, id="after")
        yield Static(id="image-caption", markup=False)

    @property
    def link(self) -> ImageLink:
        """The image that is shown."""
        return self._links[self._place]

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
        if not self._links:
            return ""
        count = f"image {self._place + 1} of {len(self._links)}  " if len(self._links) > 1 else ""
        return f"{count}from {visible(urlsplit(self.url).netloc)}"

    @property
    def drawing(self) -> str:
        """How the picture is drawn; "" without one."""
        return self.query_one("#after", PictureView).drawing if self._state is State.SHOWN else ""

    @property
    def _has_room(self) -> bool:
        return self.size.width >= _BESIDE_COLUMNS

    # What is shown

    def show(self, links: tuple[ImageLink, ...]) -> None:
        """Show the images of a delivery, the first one first; the same ones keep their place."""
        if links != self._links:
            self._links, self._place, self._shows_before = links, 0, False
            self._pictures = {}
        self._request()

    def choose(self, url: str = "") -> None:
        """Show the image of that link, or the one that was shown last."""
        for place, link in enumerate(self._links):
            if link.url == url:
                self._place, self._shows_before = place, False
        self._request()

    def ask(self, host: str) -> None:
        """Ask whether the image may be loaded from its host."""
        limit = units.size(LARGEST_BYTES)
        text = Content.assemble(
            (f"Load images from {visible(host)}?", "bold"),
            ("\n\n" + visible(self.url), "$json-string"),
            (f"\nFetched once over https, without your token, at most {limit}.", "$muted"),
        )
        self._set_state(State.ASKING, text)

    def show_progress(self, progress: Progress | None) -> None:
        """Show how much has arrived; None: nothing yet."""
        self._set_state(State.LOADING, self._progress("loading", self.url, progress))

    def show_download(self, url: str, progress: Progress | None) -> None:
        """Show how much of a download has arrived, in place of the caption; it stays until the next change."""
        self.query_one("#image-caption", Static).update(self._progress("downloading", url, progress))
        self.add_class("-downloading")

    def end_download(self) -> None:
        """Show the caption again."""
        self.remove_class("-downloading")
        if self._state is State.SHOWN:
            self.show_pictures(self._pictures)

    def _progress(self, what: str, url: str, progress: Progress | None) -> Content:
        parts: list[tuple[str, str]] = [(f"{what} {_name(url)}  ", "$foreground")]
        if progress is not None and progress.total:
            done = min(_BAR_CELLS, _BAR_CELLS * progress.received // progress.total)
            full, empty = ("=", "-") if self._in_ascii else ("━", "─")
            size = f"{units.size(progress.received)} of {units.size(progress.total)}"
            parts += [(full * done, "$primary"), (empty * (_BAR_CELLS - done), "$line"), (f"  {size}", "$muted")]
        elif progress is not None:
            parts.append((units.size(progress.received), "$muted"))
        return Content.assemble(*parts)

    def show_pictures(self, pictures: Mapping[str, Picture]) -> None:
        """Show those of the pictures that belong here, by their links."""
        self._pictures = pictures
        shown = [url for url in self.urls if url in pictures]
        if not shown:
            return
        self._set_state(State.SHOWN, Content.empty())
        is_beside = len(shown) == 2
        self.set_class(is_beside, "-beside")
        columns, rows = (self.size.width - 2) // 2 if is_beside else self.size.width, self.size.height - 1
        if is_beside:
            self.query_one("#before", PictureView).show(pictures[self.link.before], columns, rows)
        self.query_one("#after", PictureView).show(pictures[shown[0]], columns, rows)
        self.query_one("#image-caption", Static).update(self._caption(shown))

    def show_problem(self, problem: Problem) -> None:
        """Show why there is no picture, and what to do."""
        keys = Content.assemble(("b", "bold $primary"), " Browser   ", ("c", "bold $primary"), " Copy the link   ")
        again = Content.assemble(("l", "bold $primary"), " Again")
        text = Content.assemble(
            (visible(problem.message), "$foreground"), (f"\n{visible(problem.hint)}", "$muted"), "\n\n", keys, again
        )
        self._set_state(State.FAILED, text)

    def _caption(self, urls: list[str]) -> Content:
        """The facts of each picture, as many as fit."""
        forms = [self._facts(urls, count) for count in (3, 2, 1, 0)]
        return next((form for form in forms if form.cell_length <= self.size.width), forms[-1])

    def _facts(self, urls: list[str], count: int) -> Content:
        """`after  look.png  1024×1536  412 kB PNG`, with so many of the three facts."""
        parts: list[Content] = []
        for url in sorted(urls, key=lambda one: one != self.link.before):
            picture = self._pictures[url]
            role = ("before" if url == self.link.before else "after") if self.link.before else "image"
            times = "x" if self._in_ascii else "×"
            pixels = f"{picture.original_width}{times}{picture.original_height}"
            facts = (_name(url), pixels, f"{units.size(picture.size)} {picture.format}")[:count]
            parts.append(Content.assemble((role, "bold $foreground"), *((f"  {fact}", "$muted") for fact in facts)))
        return Content("    ").join(parts)

    def _set_state(self, state: State, text: Content) -> None:
        self._state = state
        for one in State:
            self.set_class(one is state, f"-{one}")
        self.query_one("#image-text", Static).update(text)
        self.refresh_bindings()
        self.post_message(self.Changed())

    def _request(self, *, is_confirmed: bool = False, keeps_host: bool = False) -> None:
        """Request the pictures, once a turn and in this widget's own: Textual stops a message where it was made."""
        if self._requested is None:
            self.call_later(self._post_request)
        before = self._requested or (False, False)
        self._requested = (before[0] or is_confirmed, before[1] or keeps_host)

    def _post_request(self) -> None:
        requested, self._requested = self._requested, None
        if self._links and requested is not None:
            is_confirmed, keeps_host = requested
            self._shown_urls = self.urls
            self.post_message(ImageRequested(self.urls, is_confirmed=is_confirmed, keeps_host=keeps_host))

    def on_resize(self, _: events.Resize) -> None:
        """Fit the pictures; request the input, too, as soon as there is room for both."""
        if self._links and self.urls != self._shown_urls:
            self._request()
        elif self._state is State.SHOWN:
            self.show_pictures(self._pictures)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies to the state."""
        match action:
            case "load":
                return self._state is State.ASKING or (self._state is State.FAILED and not parameters[0])
            case "step":
                return len(self._links) > 1
            case "toggle_before":
                return bool(self._links and self.link.before) and not self._has_room
            case "cancel":
                return self._state is State.LOADING
            case _:
                return True

    def action_load(self, keeps_host: bool) -> None:
        """Load what is to be shown; `keeps_host`: and ask no more for images of this host."""
        self._request(is_confirmed=True, keeps_host=keeps_host)

    def action_step(self, step: int) -> None:
        """Show the next image of the delivery, or the previous one."""
        self._place = (self._place + step) % len(self._links)
        self._shows_before = False
        self._request()

    def action_toggle_before(self) -> None:
        """Show the input, or the result again."""
        self._shows_before = not self._shows_before
        self._request()

    def action_open(self) -> None:
        """Ask whether to open the link in the browser; it is shown in full first."""
        self.post_message(LinkPicked(self.url))

    def action_download(self) -> None:
        """Save the image as a file."""
        self.post_message(ImageDownloadRequested(self.url))

    def action_copy(self) -> None:
        """Copy the link."""
        self.post_message(CopyRequested(self.url, "the link"))

    def action_cancel(self) -> None:
        """Stop loading, and ask again."""
        self.post_message(ImageLoadCancelled())
        self.ask(urlsplit(self.url).netloc)

    async def on_button_pressed(self, event: KeyButton.Pressed) -> None:
        """Do what the button's key does."""
        event.stop()
        self.focus()
        actions = {"load": "load(False)", "load_host": "load(True)"}
        await self.run_action(actions.get(event.button.id or "", event.button.id or ""))


def _name(url: str) -> str:
    return visible(unquote(basename(urlsplit(url).path)) or urlsplit(url).netloc)
