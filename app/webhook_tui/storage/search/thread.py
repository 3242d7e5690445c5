"""The thread of one search: it goes on as long as there is something to look at, then waits to be woken."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from webhook_tui.domain.delivery.rows import Progress
from webhook_tui.domain.errors import ProblemError
from webhook_tui.storage.database import connect_read_only, is_set_up
from webhook_tui.storage.errors import not_read
from webhook_tui.storage.files import Identity, identity
from webhook_tui.storage.search.results import NumberCollector
from webhook_tui.storage.search.scan import Published, Scan, Search

_logger = logging.getLogger(__name__)


class SearchThread:
    """One search in its thread; the public methods are for the other thread."""

    def __init__(self, path: Path, search: Search, changed: Callable[[], None]) -> None:
        self._path = path
        self._search = search
        self._changed = changed
        self._asked = threading.Event()
        self._gate = threading.Lock()
        self._cancelled = False
        self._to_reconsider: list[int] = []
        self._identity: Identity | None = None
        self.published = Published(NumberCollector(is_descending=False).view(), Progress(0, 0, is_done=False))
        self.thread = threading.Thread(target=self._work, name="history-search", daemon=True)
        self.thread.start()

    def wake(self) -> None:
        """Let it look for what was committed since."""
        self._asked.set()

    def reconsider(self, seqs: Sequence[int]) -> None:
        """Let it look at those again."""
        with self._gate:
            self._to_reconsider += seqs
        self._asked.set()

    def cancel(self) -> None:
        """End it, without waiting for that."""
        self._cancelled = True
        self._asked.set()

    def _work(self) -> None:
        scan: Scan | None = None
        try:
            while not self._is_cancelled():
                scan = self._followed(scan)
                self._go_on(scan)
        except (sqlite3.Error, ProblemError) as error:
            if not self._cancelled:
                _logger.exception("A search ended")
                problem = error.problem if isinstance(error, ProblemError) else not_read(error)
                self._tell(Published(self.published.view, self.published.progress, problem))
        finally:
            if scan is not None:
                scan.close()

    def _is_cancelled(self) -> bool:
        """Asked only after the event was cleared: `cancel` sets the flag first, so that its call is never lost."""
        self._asked.clear()
        return self._cancelled

    def _followed(self, scan: Scan | None) -> Scan:
        """The scan, or a new one when the writer had to make a new file and that has its tables."""
        named = identity(self._path)
        if scan is not None and named in (None, self._identity):
            return scan
        connection = connect_read_only(self._path)
        if scan is not None and not is_set_up(connection):
            connection.close()
            return scan
        if scan is not None:
            scan.close()
        self._identity = named
        return Scan(connection, self._search, self._tell, lambda: self._cancelled)

    def _go_on(self, scan: Scan) -> None:
        scan.take_in(self._taken())
        while scan.is_left and not self._asked.is_set():
            scan.advance()
        if not scan.is_left:
            scan.publish()
            self._asked.wait()

    def _taken(self) -> list[int]:
        with self._gate:
            taken, self._to_reconsider = self._to_reconsider, []
        return taken

    def _tell(self, published: Published) -> None:
        self.published = published
        self._changed()
