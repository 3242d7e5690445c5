"""How far a download is, what came of it, and what goes on from there."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Vertical

from webhook_tui.domain.images.image import Downloaded, Downloading
from webhook_tui.ui.messages import CopyRequested, ImageDownloadRequested
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.download_line import DownloadLine

URL = "https://cdn.example.com/gone.png"
FAILED = Downloaded("Downloaded 1 of 2 images. gone.png: The image is gone (404).", "7", "/home/a/Downloads/7", (URL,))


class Owner(App[None]):
    """Has the line, and is the client of its downloads."""

    def __init__(self, *, has_folder_keys: bool) -> None:
        super().__init__()
        self.line = DownloadLine(glyphs(plain=False), has_folder_keys=has_folder_keys)
        self.asked: list[tuple[object, ...]] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self.line

    def on_image_download_requested(self, message: ImageDownloadRequested) -> None:
        """Keep it."""
        self.asked.append((message.client, message.urls, message.job))

    def on_copy_requested(self, message: CopyRequested) -> None:
        """Keep it."""
        self.asked.append((message.text, message.what))

    @property
    def shown(self) -> str:
        """The text; "" while it is hidden."""
        return str(self.line.render()) if self.line.display and self.line.size.height else ""


async def test_it_is_shown_with_the_keys_that_do_something() -> None:
    """In a sheet of images; hidden before and after."""
    app = Owner(has_folder_keys=True)
    async with app.run_test(size=(100, 5)) as pilot:
        assert app.shown == ""
        app.line.show(Downloading(URL, 2, 2, "~/Downloads/7"))
        await pilot.pause()
        assert app.shown == "◐ downloading 2 of 2 gone.png · to ~/Downloads/7  x Stop"
        assert not app.line.can_retry
        app.line.show(FAILED)
        await pilot.pause()
        assert app.shown == f"{FAILED.sentence}  c Copy path  r Retry"
        app.line.hide()
        await pilot.pause()
        assert app.shown == ""


async def test_it_retries_those_that_failed_and_copies_the_folder() -> None:
    """Where nothing failed and nothing was saved both do nothing."""
    app, client = Owner(has_folder_keys=False), object()
    async with app.run_test(size=(100, 5)) as pilot:
        for outcome in (FAILED, Downloaded("The download was stopped.", "7", "")):
            app.line.show(outcome)
            app.line.retry(client)  # type: ignore[arg-type]  # it is only passed on
            app.line.copy_folder()
        await pilot.pause()
        assert app.shown == "The download was stopped."
    assert app.asked == [(client, (URL,), "7"), ("/home/a/Downloads/7", "the folder's path")]
