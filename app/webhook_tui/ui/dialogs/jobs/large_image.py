"""One image of a job over the whole screen, with its input and its facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult

from webhook_tui.domain.jobs.contact_sheet import Tile
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.dialogs.dialog import Dialog, ask
from webhook_tui.ui.dialogs.links import OpenLinkDialog
from webhook_tui.ui.format.image import ShownImage
from webhook_tui.ui.messages import LinkChosen, LinkPicked
from webhook_tui.ui.widgets.detail.image_view import ImageView
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class LargeImageDialog(Dialog[None]):
    """Shows the images of the tiles, one at a time."""

    AUTO_FOCUS = "ImageView"
    WAY = ("Deliveries", "Jobs", "Job")
    DEFAULT_CSS = """
    LargeImageDialog #image-buttons > #open, LargeImageDialog #image-buttons > #copy { display: none; }
    """

    def __init__(
        self,
        job_id: str,
        tiles: Sequence[Tile],
        url: str,
        *,
        title: str,
        now: Callable[[], datetime],
        in_ascii: bool,
    ) -> None:
        """`url`: of the image that is shown first; tiles without an image that may be loaded are left out."""
        self.TITLE_TEXT = title
        super().__init__()
        self._url = url
        self._images = tuple(
            ShownImage(tile.link, job_id, tile.received_at) for tile in tiles if tile.link is not None and tile.urls
        )
        self._view = ImageView(now=now, in_ascii=in_ascii, id="large")

    def body(self) -> ComposeResult:
        yield self._view

    def buttons(self) -> ComposeResult:
        yield KeyButton("Back", "esc", id="safe")
        if len(self._images) > 1:
            yield KeyButton("Previous", "←", id="previous", runs="step(-1)")
            yield KeyButton("Next", "→", id="next", runs="step(1)")
        yield KeyButton("Download", "d", id="download")
        yield KeyButton("Browser", "b", id="open")
        yield KeyButton("Copy link", "c", id="copy")

    def on_mount(self) -> None:
        self._view.show(self._images)
        self._view.choose(self._url)

    def on_link_picked(self, message: LinkPicked) -> None:
        """Show the link in full, and open it if the user says so."""
        message.stop()

        dialog = OpenLinkDialog(message.url, Verdict.VALID)
        ask(self.app, dialog, lambda _: self.post_message(LinkChosen(message.url)))

    def press(self, action: str) -> None:
        """Run the action, which is one of the image but for the way back; the keys work again at once."""
        self._view.focus()
        runner = self if action == "safe" else self._view
        runner.call_next(runner.run_action, action)  # in its own turn: so its messages arrive
