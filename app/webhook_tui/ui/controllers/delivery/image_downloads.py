"""Saves images below ~/Downloads, one after the other, each by a process of its own."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import Downloaded, Downloading, ImageRequest, Picture, Progress, Saved
from webhook_tui.domain.images.image_links import safe_name
from webhook_tui.environment import child_environment
from webhook_tui.images.process import ImageLoad
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.delivery.images import ImageController
from webhook_tui.ui.controllers.work import WorkController
from webhook_tui.ui.format.image import image_name
from webhook_tui.ui.long_work import LongWork
from webhook_tui.ui.messages import ImageClient, ImageDownloadRequested

_DEADLINE_SECONDS = 60.0
"""For one image."""
_LONGEST_FOLDER = 100
"""Bytes."""


class ImageDownloadController:
    """One download at a time, of one image or of all of a job; the status line shows how far it is."""

    def __init__(self, context: AppContext, images: ImageController, work: WorkController) -> None:
        self._context = context
        self._images = images
        self._works = work
        self._client: ImageClient | None = None
        self._job = ""
        self._folder = Path()
        self._waiting: list[str] = []
        self._saved: list[Saved] = []
        self._failed: dict[str, Problem] = {}
        """Why the images of these links could not be saved."""
        self._load: ImageLoad | None = None
        self._work: LongWork | None = None

    def start(self, message: ImageDownloadRequested) -> None:
        """Save these images."""
        if self._work is not None:
            self._context.app.toast("Another download is under way.")
            return
        self._client = message.client
        self._job = message.job
        self._folder = Path.home() / "Downloads" / safe_name(message.job, _LONGEST_FOLDER)
        self._waiting, self._saved, self._failed = list(message.urls), [], {}
        self._work = LongWork("download", len(message.urls), self.stop)
        self._works.add(self._work)
        self._next()

    def stop(self) -> None:
        """Stop; what is saved stays."""
        self._waiting = []
        if self._load is not None:
            self._load.cancel()

    def _next(self) -> None:
        if not self._waiting:
            self._end()
            return
        url = self._waiting.pop(0)
        request = ImageRequest(url, 1, 1, self._images.local_origin, str(self._folder))
        self._load = ImageLoad(request, child_environment(os.environ), deadline_seconds=_DEADLINE_SECONDS)
        self._show(None)
        self._context.run_in_thread(partial(self._load.run, self._post_progress), partial(self._on_saved, url))

    def _post_progress(self, progress: Progress) -> None:
        """Called in the worker's thread."""
        self._context.app.call_later(self._show, progress)

    def _show(self, progress: Progress | None) -> None:
        client = self._client if self._client is not None and self._client.is_attached else None
        if self._load is not None and client is not None and self._work is not None:
            total = self._work.total or 0
            place = total - len(self._waiting)
            client.show_download(Downloading(self._load.request.url, place, total, _short(self._folder), progress))

    def _on_saved(self, url: str, found: Picture | Saved | Problem | None) -> None:
        self._load = None
        if self._work is not None:
            self._work.done += 1
        match found:
            case Saved():
                self._saved.append(found)
                self._images.on_saved(url)
            case Problem():
                self._failed[url] = found
            case _:
                pass
        self._next()

    def _end(self) -> None:
        work, self._work = self._work, None
        client, self._client = self._client, None
        self._works.remove(work)
        app = self._context.app
        outcome = _outcome(self._saved, self._failed, self._folder)
        if client is not None and client.is_attached:
            folder = str(self._folder) if self._saved else ""
            client.show_download(Downloaded(outcome, self._job, folder, tuple(self._failed)))
        else:
            app.toast(outcome)
        if self._failed and len(app.screen_stack) == 1:
            app.show_problem(next(iter(self._failed.values())))


def _outcome(saved: list[Saved], failed: dict[str, Problem], folder: Path) -> str:
    """What was saved, and why the first one was not that could not be saved."""
    size = units.size(sum(one.size for one in saved))
    if failed:
        count = len(saved) + len(failed)
        url, problem = next(iter(failed.items()))
        if count == 1:
            return problem.sentence()
        return f"Downloaded {len(saved)} of {count} images. {image_name(url)}: {problem.message}"
    if not saved:
        return "The download was stopped."
    if len(saved) == 1:
        return f"Downloaded {size} to {_short(Path(saved[0].path))}"
    return f"Downloaded {len(saved)} images ({size}) to {_short(folder)}"


def _short(path: Path) -> str:
    """The path with `~` for the home directory, harmless."""
    home = Path.home()
    return visible(f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path))
