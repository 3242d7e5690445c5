"""Runs the child process of the queries: starts it on demand, gives each query a deadline, and ends it.

The child has no terminal and only the environment that it is given. It ends when its standard input closes.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import webhook_tui
from webhook_tui.domain.payload.query import Mistake, QueryResult
from webhook_tui.payload_query import wire

DEADLINE_SECONDS = 3.0
"""For one query, including decoding a payload of 10 MiB."""

_START = "import sys; sys.path.insert(0, sys.argv[1]); from webhook_tui.payload_query.worker import main; main()"
_ENDED = QueryResult(mistake=Mistake("the query ended by an error of its own"))


class QueryHost:
    """One child process. `ticket` belongs to one thread; `query` blocks and runs in any, one at a time."""

    def __init__(self, environ: Mapping[str, str], *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        """`environ`: the environment of the child."""
        self._environ = dict(environ)
        self.deadline_seconds = deadline_seconds
        """For one query."""
        self._lock = threading.Lock()
        self._children = threading.Lock()
        """Protects the decision to start or end a process."""
        self._child: subprocess.Popen[bytes] | None = None
        self._body: bytes | None = None
        self._newest = 0
        self._closed = False

    def ticket(self) -> int:
        """Return the number of the next query; queries with lower numbers are cancelled."""
        self._newest += 1
        return self._newest

    def query(self, number: int, expression: str, body: bytes) -> QueryResult | None:
        """Evaluate the expression over the payload; None when it was cancelled. `number`: from `ticket`."""
        with self._lock:
            late = threading.Event()
            timer = threading.Timer(self.deadline_seconds, self._end_late, (late,))
            try:
                with self._children:
                    if number != self._newest or self._closed:
                        return None
                    child = self._running()
                timer.start()
                return self._ask(child, expression, body) or self._gone(number, late)
            except (OSError, ValueError):  # the process ended, or its pipes were closed on another thread
                return self._gone(number, late)
            finally:
                timer.cancel()

    def rest(self) -> None:
        """End the process until the next query; the current query is cancelled."""
        self.ticket()
        self._end()

    def close(self) -> None:
        """End the process; later queries are cancelled."""
        self._closed = True
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._body = None
            root = Path(webhook_tui.__file__).parents[1]
            self._child = subprocess.Popen(  # noqa: S603 -- our own interpreter and code
                [sys.executable, "-P", "-c", _START, str(root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environ,
                start_new_session=True,
            )
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], expression: str, body: bytes) -> QueryResult | None:
        assert child.stdin is not None
        assert child.stdout is not None
        if body != self._body:
            wire.write(child.stdin, wire.BODY, body)
            self._body = body
        wire.write(child.stdin, wire.EXPRESSION, expression.encode("utf-8", "replace"))
        frame = wire.read(child.stdout)
        if frame is None:
            return None
        kind, content = frame
        return QueryResult(content) if kind == wire.FOUND else QueryResult(mistake=Mistake(*json.loads(content)))

    def _gone(self, number: int, late: threading.Event) -> QueryResult | None:
        self._end()
        if self._closed or self._newest != number:
            return None
        if late.is_set():
            return QueryResult(mistake=Mistake(f"it takes longer than {self.deadline_seconds:g} s"))
        return _ENDED

    def _end_late(self, late: threading.Event) -> None:
        late.set()
        if self._child is not None:
            self._child.kill()

    def _end(self) -> None:
        with self._children:
            child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
