"""The images of one job as a contact sheet, or its events with their images in a list; both are live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.images.image import Downloaded, Downloading, LoadedImages
from webhook_tui.domain.jobs.contact_sheet import Tile, TileState, contact_sheet
from webhook_tui.domain.jobs.job import JobDetail, JobEvent
from webhook_tui.domain.queries import GetJob
from webhook_tui.ui.dialogs.dialog import Dialog, ask
from webhook_tui.ui.dialogs.jobs.large_image import LargeImageDialog
from webhook_tui.ui.dialogs.links import OpenLinkDialog
from webhook_tui.ui.dialogs.live_query import LiveQuery
from webhook_tui.ui.format.image import question
from webhook_tui.ui.format.jobs import (
    Image,
    JobLine,
    detail_note,
    event_cell,
    filter_for,
    image_line,
    job_lines,
    sheet_note,
)
from webhook_tui.ui.messages import (
    ImageDownloadRequested,
    ImageDownloadStopped,
    ImageRequested,
    LinkChosen,
)
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.contact_sheet import ContactSheet
from webhook_tui.ui.widgets.download_line import DownloadLine
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.table.list_table import Cell, ListColumn, ListTable, TableSpec, fitted
from webhook_tui.ui.widgets.table.table import Table

Choice = int | str
"""The number of a delivery to go to, or a filter to use."""

_LEAST_WIDTH, _LEAST_HEIGHT = 60, 20
"""A smaller screen shows the list in place of the contact sheet."""
_EVENT_COLUMNS = (
    ListColumn("event", "event", 0),
    ListColumn("verdict", " verdict", 12),
    ListColumn("status", "status", 11),
    ListColumn("time", "time", 8),
    ListColumn("attempt", "", 4, is_right=True),
    ListColumn("progress", "progress", 8, is_right=True),
    ListColumn("#", "#", 8, is_right=True),
)


class JobDialog(Dialog[Choice]):
    """Shows one job. Returns where to go."""

    AUTO_FOCUS = ""
    WAY = ("Deliveries", "Jobs")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_image", "Large", show=False, id="job.open_link", tooltip="show this image large"),
        Binding("slash", "filter", "Filter", show=False, id="job.filter", tooltip="show its deliveries in the table"),
        Binding("v", "switch", "View", show=False, id="job.view", tooltip="as a contact sheet, or as a list"),
        Binding("space", "toggle_inputs", "Inputs", show=False, id="job.inputs", tooltip="with or without inputs"),
        Binding("d", "download", "Download", show=False, id="job.download", tooltip="save its images in ~/Downloads"),
        Binding("c", "copy_folder", "Copy", show=False, id="job.copy_folder", tooltip="copy the path of its folder"),
        Binding("r", "retry", "Retry", show=False, id="job.retry_download", tooltip="download those that failed again"),
        Binding("x", "stop", "Stop", show=False, id="job.stop_download", tooltip="stop the download"),
        Binding("l", "load(False)", "Load", show=False, id="job.load", tooltip="load the images of this job"),
        Binding("h", "load(True)", "Always", show=False, id="job.load_host", tooltip="load, ask no more"),
    ]
    DEFAULT_CSS = """
    JobDialog #note { margin: 0 0 1 0; }
    JobDialog #question { display: none; }
    JobDialog #question-buttons { display: none; height: 1; margin: 0 0 1 0; }
    JobDialog.-asking #question, JobDialog.-asking #question-buttons { display: block; }
    JobDialog #events { display: none; }
    JobDialog.-list #events { display: block; }
    JobDialog.-list #tiles, JobDialog.-list #question, JobDialog.-list #question-buttons { display: none; }
    """

    def __init__(
        self, job_id: str, *, now: Callable[[], datetime], in_ascii: bool = False, as_list: bool = False
    ) -> None:
        """`as_list`: show the list at first."""
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._glyphs = glyphs(plain=in_ascii)
        spec: TableSpec[JobLine] = TableSpec(self._columns, self._cell, key=_key, whole=self._whole)
        self._table = ListTable(spec, id="events", in_ascii=in_ascii)
        self._tiles = ContactSheet(now=now, in_ascii=in_ascii, id="tiles")
        self._live = LiveQuery(self, GetJob(job_id), self._show)
        self._job_id = job_id
        self.TITLE_TEXT = f"Job {self._glyphs.fit(self._glyphs.text(job_id), 60)}"
        self._events: tuple[JobEvent, ...] | None = None
        self.wants_list = as_list
        """Whether the user chose the list."""
        self._line = DownloadLine(self._glyphs, has_folder_keys=True)
        self._allowed: set[str] = set()
        """Hosts from which the images of this job may be loaded."""

    def body(self) -> ComposeResult:
        yield Static(detail_note(None, 0, self._now(), self._glyphs), id="note", markup=False)
        yield Static(id="question", markup=False)
        with Horizontal(id="question-buttons"):
            yield KeyButton("Load", "l", id="load", runs="load(False)")
            yield KeyButton("Always this host", "h", id="load_host", runs="load(True)")
        yield self._tiles
        yield self._table.widget
        yield self._line

    def buttons(self) -> ComposeResult:
        yield KeyButton("Back", "esc", id="safe")
        yield KeyButton("Go", "enter", id="go")
        yield KeyButton("Large", "o", id="open_image")
        yield KeyButton("Download", "d", id="download")
        yield KeyButton("List", "v", id="switch")
        yield KeyButton("Filter", "/", id="filter")

    def on_mount(self) -> None:
        self._arrange()
        self._live.start()

    def on_resize(self, _: events.Resize) -> None:
        """Show the list where there is no room for tiles."""
        self._arrange()

    @property
    def _shows_list(self) -> bool:
        return self.has_class("-list")

    def _arrange(self) -> None:
        is_list = self.wants_list or self.size.width < _LEAST_WIDTH or self.size.height < _LEAST_HEIGHT
        self.set_class(is_list, "-list")
        self.query_one("#switch", KeyButton).name_it("Images" if is_list else "List")
        (self._table.widget if is_list else self._tiles).focus()

    def _show(self, detail: JobDetail) -> bool:
        tiles = contact_sheet(detail)
        if detail.events is not self._events:
            self._events = detail.events
            self._table.show(job_lines(detail.events))
        if tiles != self._tiles.tiles:
            self._tiles.show(tiles)
        note = self.query_one("#note", Static)
        lines = [detail_note(detail, note.size.width, self._now(), self._glyphs)]
        if detail.job is not None and not self._shows_list:
            lines.append(sheet_note(tiles, detail, note.size.width, self._glyphs))
        note.update(Content("\n").join(lines))
        return detail.is_done

    # Images

    def on_contact_sheet_scrolled(self, event: ContactSheet.Scrolled) -> None:
        event.stop()
        self._request()

    def _request(self, *, keeps_host: bool = False, again: bool = False) -> None:
        urls = () if self._shows_list else self._tiles.urls
        is_confirmed = bool(urls) and all(urlsplit(url).netloc in self._allowed for url in urls)
        self.app.post_message(ImageRequested(self, urls, is_confirmed=is_confirmed, keeps_host=keeps_host, again=again))

    def ask(self, host: str) -> None:
        """Ask whether the images may be loaded."""
        count = sum(urlsplit(tile.urls[0]).netloc == host for tile in self._tiles.tiles if tile.urls)
        self.query_one("#question", Static).update(question(host, "", max(2, count)))
        self.add_class("-asking")

    def show_images(self, images: LoadedImages) -> None:
        """Show the pictures, or why there are none."""
        self.remove_class("-asking")
        self._tiles.show_images(images)

    def action_load(self, keeps_host: bool) -> None:
        """Load the images of this job; `keeps_host`: and ask no more for images of these hosts."""
        self._allowed |= {urlsplit(url).netloc for url in self._tiles.urls}
        self._request(keeps_host=keeps_host, again=True)

    def action_toggle_inputs(self) -> None:
        if not self._shows_list:
            self._tiles.toggle_inputs()

    def action_switch(self) -> None:
        self.wants_list = not self.wants_list
        self._arrange()
        self._request()
        self._live.ask()

    # Downloads

    def action_download(self) -> None:
        urls = tuple(tile.urls[0] for tile in self._tiles.tiles if tile.urls)
        if urls:
            job = Summary(job=self._job_id).job_without_prefix
            self.app.post_message(ImageDownloadRequested(self, urls, job))
        else:
            self.app.notify("No images to download yet.", markup=False)

    def action_retry(self) -> None:
        """Download those again that could not be saved."""
        self._line.retry(self)

    def action_copy_folder(self) -> None:
        """Copy the path of the folder in which the images are saved."""
        self._line.copy_folder()

    def action_stop(self) -> None:
        self.app.post_message(ImageDownloadStopped())

    def show_download(self, state: Downloading | Downloaded) -> None:
        """Show how far the download is, or what came of it."""
        self._line.show(state)

    # Where to go

    def on_table_row_opened(self, event: Table.RowOpened) -> None:
        event.stop()
        self.action_go()

    def on_contact_sheet_opened(self, event: ContactSheet.Opened) -> None:
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Go to the delivery in the table; on an image of the list, show it."""
        if not self._shows_list:
            tile = self._tiles.chosen
            if tile is not None and tile.seq is not None:
                self.dismiss(tile.seq)
            return
        line = self._table.chosen
        if isinstance(line, JobEvent):
            self.dismiss(line.seq)
        elif line is not None:
            self.action_open_image()

    def action_open_image(self) -> None:
        """Show the image under the cursor, or the first one of the event.

        What is not valid is not loaded: its link is shown in full, to be opened in the browser.
        """
        tile = self._image_under_cursor()
        if tile is None or tile.link is None:
            return
        url, tiles = tile.link.url, self._tiles.tiles
        if not tile.verdict.is_good:
            ask(self.app, OpenLinkDialog(url, tile.verdict), lambda _: self.post_message(LinkChosen(url)))
            return
        if not any(url in other.urls[:1] for other in tiles):  # a newer delivery is about the same image
            tiles = (tile, *tiles)
        self.app.push_screen(
            LargeImageDialog(self._job_id, tiles, url, title=self.TITLE_TEXT, now=self._now, in_ascii=self._in_ascii)
        )

    def _image_under_cursor(self) -> Tile | None:
        """Its tile, of an event of the list one of its own; None if there is none."""
        if not self._shows_list:
            return self._tiles.chosen
        line = self._table.chosen
        event = line.of if isinstance(line, Image) else line
        if event is None or not event.images:
            return None
        link = event.images[line.number - 1 if isinstance(line, Image) else 0]
        return Tile(TileState.DONE, link.name, link, link.index, "", event.seq, event.received_at, event.verdict)

    def action_filter(self) -> None:
        text = filter_for(self._job_id)
        if text is not None:
            self.dismiss(text)

    # The list

    def _columns(self, width: int) -> Sequence[ListColumn]:
        return fitted(_EVENT_COLUMNS, width, least=14, most=32)

    def _cell(self, line: JobLine, column: str) -> Cell:
        return ("", "") if isinstance(line, Image) else event_cell(line, column, self._now(), self._glyphs)

    def _whole(self, line: JobLine) -> Cell | None:
        return image_line(line, self._glyphs) if isinstance(line, Image) else None


def _key(line: JobLine) -> tuple[int, int]:
    return (line.of.seq, line.number) if isinstance(line, Image) else (line.seq, 0)
