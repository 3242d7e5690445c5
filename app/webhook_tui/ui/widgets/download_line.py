"""One line that shows how far a download of images is, and then what came of it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.images.image import Downloaded, Downloading
from webhook_tui.ui.format.image import download_line, downloaded_line
from webhook_tui.ui.messages import CopyRequested, ImageClient, ImageDownloadRequested
from webhook_tui.ui.symbols import Symbols


class DownloadLine(Static):
    """Hidden until there is something to show; its parent then has the class `-downloading`.

    Its owner has the keys: `r` retries, `c` copies the folder, `x` stops.
    """

    SCOPED_CSS = False
    DEFAULT_CSS = """
    DownloadLine { display: none; height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    .-downloading > DownloadLine { display: block; }
    """

    def __init__(self, glyphs: Symbols, *, has_folder_keys: bool = False) -> None:
        """`has_folder_keys`: whether its owner has the keys `c` and `x`, too."""
        super().__init__(markup=False)
        self._glyphs = glyphs
        self._has_folder_keys = has_folder_keys
        self._outcome: Downloaded | None = None

    @property
    def _owner(self) -> Widget:
        assert isinstance(self.parent, Widget)
        return self.parent

    @property
    def can_retry(self) -> bool:
        """Whether some images could not be saved."""
        return self._outcome is not None and bool(self._outcome.failed)

    def show(self, state: Downloading | Downloaded) -> None:
        """Show how far it is, or what came of it."""
        self._owner.add_class("-downloading")
        width = self._owner.content_size.width
        if isinstance(state, Downloaded):
            self._outcome = state
            self.update(downloaded_line(state, width, self._glyphs, copies_folder=self._has_folder_keys))
        else:
            self._outcome = None
            stop = Content.assemble(("  x", "bold $primary"), " Stop") if self._has_folder_keys else Content.empty()
            self.update(download_line(state, self._glyphs, width - stop.cell_length) + stop)

    def hide(self) -> None:
        """Show nothing any more."""
        self._owner.remove_class("-downloading")
        self._outcome = None

    def retry(self, client: ImageClient) -> None:
        """Download those again for `client` that could not be saved."""
        if self._outcome is not None and self._outcome.failed:
            self.app.post_message(ImageDownloadRequested(client, self._outcome.failed, self._outcome.job))

    def copy_folder(self) -> None:
        """Copy the path of the folder in which the images are saved."""
        if self._outcome is not None and self._outcome.folder:
            self.app.post_message(CopyRequested(visible(self._outcome.folder), "the folder's path"))
