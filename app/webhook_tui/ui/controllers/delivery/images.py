"""Loads and saves the images of the Image tab, each in a process of its own, from hosts that the user allowed."""

from __future__ import annotations

import os
from collections import OrderedDict
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from webhook_tui.domain import units
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import LARGEST_SIDE, ImageRequest, Picture, Progress, Saved
from webhook_tui.domain.images.image_links import safe_name
from webhook_tui.environment import child_environment
from webhook_tui.images.process import ImageLoad
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.messages import ImageRequested
from webhook_tui.ui.widgets.detail.image_view import ImageView

MOST_PICTURES = 32
"""Kept in memory, and nowhere else."""
_DOWNLOAD_SECONDS = 60.0
_LONGEST_FOLDER = 100


class ImageController:
    """Asks once a host, loads one image at a time, and keeps the last 32 pictures."""

    def __init__(self, context: AppContext, deliveries: DeliveriesController) -> None:
        self._context = context
        self._deliveries = deliveries
        self._hosts: set[str] = set()
        """Allowed for this run."""
        self._pictures: OrderedDict[str, Picture] = OrderedDict()
        self._problems: dict[str, Problem] = {}
        """Why images of this run could not be loaded; loaded again only when the user asks."""
        self._load: ImageLoad | None = None
        self._waiting: list[str] = []
        self._download: ImageLoad | None = None

    @property
    def _view(self) -> ImageView:
        return self._deliveries.detail.query_one(ImageView)

    @property
    def _local_origin(self) -> str:
        """The origin of the sandbox, from which this program's own pictures come; "" without one."""
        status = self._context.status
        return status.api_url if status.sandbox else ""

    def request(self, message: ImageRequested) -> None:
        """Show the images if they are known, load them if their hosts are allowed, else ask."""
        missing = [url for url in message.urls if url not in self._pictures]
        if message.keeps_host:
            self._hosts |= {urlsplit(url).netloc for url in missing}
        self.cancel()
        if not message.is_confirmed:
            for url in missing:
                if not self._is_allowed(url):
                    self._view.ask(urlsplit(url).netloc)
                    return
        for url in missing:
            if message.is_confirmed:
                self._problems.pop(url, None)
        self._waiting = [url for url in missing if url not in self._problems]
        self._continue(message.urls)

    def cancel(self) -> None:
        """Stop loading."""
        self._waiting = []
        if self._load is not None:
            self._load.cancel()
            self._load = None

    def download(self, url: str) -> None:
        """Save an image in the folder of its job under ~/Downloads; one download at a time."""
        if self._download is not None:
            self._context.app.toast("Another image is being downloaded.")
            return
        stored = self._deliveries.current()
        job = safe_name(stored.row.summary.job_without_prefix)[:_LONGEST_FOLDER] if stored is not None else ""
        folder = Path.home() / "Downloads" / job
        request = ImageRequest(url, 1, 1, self._local_origin, str(folder))
        load = self._download = ImageLoad(request, child_environment(os.environ), deadline_seconds=_DOWNLOAD_SECONDS)
        self._view.show_download(url, None)
        self._context.run_in_thread(partial(load.run, self._post_download), self._on_downloaded)

    def _post_download(self, progress: Progress) -> None:
        """Called in the worker's thread."""
        self._context.app.call_later(self._show_download, progress)

    def _show_download(self, progress: Progress) -> None:
        if self._download is not None:
            self._view.show_download(self._download.request.url, progress)

    def _on_downloaded(self, found: Picture | Saved | Problem | None) -> None:
        self._download = None
        self._view.end_download()
        match found:
            case Saved(path, size):
                self._context.app.toast(f"Downloaded {units.size(size)} to {path}")
            case Problem():
                self._context.app.show_problem(found)
            case _:
                pass

    def close(self) -> None:
        """End what is loading."""
        self.cancel()
        if self._download is not None:
            self._download.cancel()
            self._download = None

    def forget_hosts(self) -> None:
        """Ask again before anything is loaded."""
        self._hosts.clear()
        self._context.app.toast("Images are loaded only after a question again.")

    def _is_allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.netloc in self._hosts or f"{parts.scheme}://{parts.netloc}" == self._local_origin

    def _continue(self, urls: tuple[str, ...]) -> None:
        """Show what is known of the images, and load the next one that is missing."""
        if self._waiting:
            if not any(url in self._pictures for url in urls):
                self._view.show_progress(None)
            self._start(self._waiting.pop(0), urls)
        if any(url in self._pictures for url in urls):
            for url in urls:
                if url in self._pictures:
                    self._pictures.move_to_end(url)
            self._view.show_pictures(self._pictures)
        elif self._load is None:
            self._view.show_problem(next(self._problems[url] for url in urls if url in self._problems))

    def _start(self, url: str, urls: tuple[str, ...]) -> None:
        size = self._context.app.size
        width, height = min(size.width, LARGEST_SIDE), min(2 * size.height, LARGEST_SIDE)
        load = self._load = ImageLoad(
            ImageRequest(url, width, height, self._local_origin), child_environment(os.environ)
        )
        on_progress = partial(self._post_progress, load)
        self._context.run_in_thread(partial(load.run, on_progress), partial(self._on_loaded, load, urls))

    def _post_progress(self, load: ImageLoad, progress: Progress) -> None:
        """Called in the worker's thread."""
        self._context.app.call_later(self._show_progress, load, progress)

    def _show_progress(self, load: ImageLoad, progress: Progress) -> None:
        if load is self._load and self._view.url == load.request.url and load.request.url not in self._pictures:
            self._view.show_progress(progress)

    def _on_loaded(self, load: ImageLoad, urls: tuple[str, ...], found: Picture | Saved | Problem | None) -> None:
        if load is not self._load:  # cancelled
            return
        self._load = None
        url = load.request.url
        match found:
            case Picture():
                self._pictures[url] = found
                while len(self._pictures) > MOST_PICTURES:
                    self._pictures.popitem(last=False)
            case Problem():
                self._problems[url] = found
            case _:
                return
        self._continue(urls)
