"""Loads the images that widgets show, each in a process of its own, from hosts that the user allowed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from urllib.parse import urlsplit

from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import (
    LARGEST_ENCODED_SIDE,
    LARGEST_SIDE,
    ImageRequest,
    LoadedImages,
    Picture,
    Progress,
    Saved,
)
from webhook_tui.domain.url import is_loopback_host
from webhook_tui.environment import child_environment
from webhook_tui.images.process import ImageLoad
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.messages import ImageClient, ImageRequested
from webhook_tui.ui.widgets.contact_sheet import BOTH_WIDTH, PICTURE_LINES

MOST_PICTURES = 128
"""Kept in memory, and nowhere else: twice as many as the largest contact sheet shows at once."""
MOST_BYTES = 96_000_000
"""The most that pictures take in memory: about 40 photographs as a terminal with kitty graphics needs them."""
MOST_LOADS = 4
"""At once."""
_MOST_HOSTS = 50
"""That are remembered."""


class ImageController:
    """Asks once a host, loads at most four images at once, and keeps the last pictures."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._hosts = dict.fromkeys(context.preferences.read().image_hosts)
        """Allowed for ever, in the order in which the user allowed them."""
        self._images = LoadedImages()
        self._wanted: dict[ImageClient, tuple[str, ...]] = {}
        """What each widget shows."""
        self._loads: dict[str, ImageLoad] = {}

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts from which images are loaded without a question."""
        return tuple(self._hosts)

    @property
    def local_origin(self) -> str:
        """The origin of an API on this machine, which is a sandbox and has its own pictures; "" for any other."""
        url = self._context.status.api_url
        return url if is_loopback_host(urlsplit(url).hostname or "") else ""

    def request(self, message: ImageRequested) -> None:
        """Show the images that are known, and load the others if their hosts are allowed, else ask."""
        client, missing = message.client, self._images.missing(message.urls)
        if not client.is_attached:  # closed since
            return
        if message.keeps_host:
            for url in missing:
                self._hosts[urlsplit(url).netloc] = None
            self._hosts = dict.fromkeys([*self._hosts][-_MOST_HOSTS:])
        refused = [url for url in missing if not (message.is_confirmed or self._is_allowed(url))]
        if message.again:
            for url in missing:
                self._images.problems.pop(url, None)
        self._want(client, () if refused else message.urls)
        if refused:
            client.ask(urlsplit(refused[0]).netloc)
        else:
            client.show_images(self._images)

    def cancel(self, client: ImageClient) -> None:
        """Load nothing more for this widget."""
        self._want(client, ())

    def on_saved(self, url: str) -> None:
        """Reload an image that could not be loaded: its server answers now."""
        if self._images.problems.pop(url, None) is not None:
            self._drop_closed()
            self._start_next()
            self._show([url])

    def close(self) -> None:
        """End what is loading."""
        for client in list(self._wanted):
            self._want(client, ())

    def forget_hosts(self) -> None:
        """Ask again before anything is loaded."""
        self._hosts.clear()
        self._context.app.toast("Images are loaded only after a question again.")

    def _is_allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.netloc in self._hosts or f"{parts.scheme}://{parts.netloc}" == self.local_origin

    def _want(self, client: ImageClient, urls: tuple[str, ...]) -> None:
        self._wanted.pop(client, None)
        if urls:
            self._wanted[client] = urls  # last: it has changed last
        wanted = {url for all_of in self._wanted.values() for url in all_of}
        for url in [url for url in self._loads if url not in wanted]:
            self._loads.pop(url).cancel()
        for url in [url for url in self._images.progress if url not in wanted]:
            del self._images.progress[url]
        for url in urls:
            if url in self._images.pictures:  # the most recent ones are last
                self._images.pictures[url] = self._images.pictures.pop(url)
        self._start_next()

    def _start_next(self) -> None:
        """Start loading, first for the widget that asked last, once it is known how images are drawn."""
        if not self._context.app.graphics.is_known:
            if self._wanted:
                self._context.app.graphics.ask(self._start_next)
            return
        for urls in reversed(self._wanted.values()):
            for url in self._images.missing(urls):
                if url not in self._images.problems:
                    self._images.progress.setdefault(url, None)
                    if url not in self._loads and len(self._loads) < MOST_LOADS:
                        self._start(url)

    def _start(self, url: str) -> None:
        size = self._context.app.size
        width, height = min(size.width, LARGEST_SIDE), min(2 * size.height, LARGEST_SIDE)
        request = ImageRequest(url, width, height, self.local_origin, encoded_sizes=self._encoded_sizes())
        load = ImageLoad(request, child_environment(os.environ))
        self._loads[url] = load
        on_progress = partial(self._post_progress, load)
        self._context.run_in_thread(partial(load.run, on_progress), partial(self._on_loaded, load))

    def _encoded_sizes(self) -> tuple[tuple[int, int], ...]:
        """A tile of the contact sheet and the whole screen, in pixels, where the terminal draws images itself."""
        app = self._context.app
        if not app.graphics.draws_images:
            return ()
        width, height = app.graphics.cell_size
        return tuple(
            (min(columns * width, LARGEST_ENCODED_SIDE), min(rows * height, LARGEST_ENCODED_SIDE))
            for columns, rows in ((BOTH_WIDTH, PICTURE_LINES), app.size)
        )

    def _post_progress(self, load: ImageLoad, progress: Progress) -> None:
        """Called in the worker's thread."""
        self._context.app.call_later(self._show_progress, load, progress)

    def _show_progress(self, load: ImageLoad, progress: Progress) -> None:
        self._drop_closed()
        url = load.request.url
        if self._loads.get(url) is load:
            self._images.progress[url] = progress
            self._show([url])

    def _on_loaded(self, load: ImageLoad, found: Picture | Saved | Problem | None) -> None:
        url = load.request.url
        if self._loads.get(url) is not load:  # cancelled
            return
        del self._loads[url]
        self._images.progress.pop(url, None)
        match found:
            case Picture():
                self._images.add(url, found, most=MOST_PICTURES, most_bytes=MOST_BYTES)
            case Problem():
                self._images.problems[url] = found
            case _:
                pass
        self._drop_closed()
        self._start_next()
        self._show([url])

    def _drop_closed(self) -> None:
        """Load nothing more for widgets that were closed."""
        for client in [client for client in self._wanted if not client.is_attached]:
            self._want(client, ())

    def _show(self, urls: Iterable[str]) -> None:
        changed = set(urls)
        for client, wanted in list(self._wanted.items()):
            if changed & set(wanted):
                client.show_images(self._images)
