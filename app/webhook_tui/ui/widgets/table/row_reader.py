"""Reads rows in a thread that the screen waits for, but not for long: a slow disk does not stop it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from webhook_tui.domain.errors import Problem, ProblemError

Answer = TypeVar("Answer")

LOADING_SECONDS = 0.3
"""How long the screen waits for an answer; a message that comes and goes sooner would only flicker."""
LOADING = Problem("Loading …", "", is_transient=True)


class RowReader:
    """One thread, and the answers that were late. Every method is called by the screen's thread."""

    def __init__(self, on_late_answer: Callable[[], None], *, seconds: float = LOADING_SECONDS) -> None:
        """`on_late_answer` is called in the other thread, once for each: what asked for it should ask again."""
        self._on_late_answer = on_late_answer
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="row-reader")
        self._late: dict[Hashable, Future[Any]] = {}
        """What took longer; of these the last one may still be under way."""
        self._is_closed = False

    def read(self, key: Hashable, read: Callable[[], Answer]) -> Answer:
        """Return the answer of `read`, which `key` identifies. Raises ProblemError: its own, or `LOADING`.

        After `close` it is `LOADING`, for a frame that is drawn while the screen is closed.
        """
        answer: Future[Answer] | None = self._late.get(key)
        if answer is None and not self._is_reading and not self._is_closed:
            answer = self._thread.submit(read)
            try:
                return answer.result(self._seconds)
            except TimeoutError:
                self._late[key] = answer
                answer.add_done_callback(lambda _: self._on_late_answer())
        if answer is None or not answer.done():
            raise ProblemError(LOADING)
        return answer.result()

    @property
    def _is_reading(self) -> bool:
        return any(not answer.done() for answer in self._late.values())

    def settle(self) -> None:
        """Forget the late answers, after all was asked for again, unless another one is late."""
        if not self._is_reading:
            self._late.clear()

    def run(self, job: Callable[[], None]) -> None:
        """Run a job after what is being read."""
        self._thread.submit(job)

    def close(self) -> None:
        """End the thread after what was asked for, and wait for that."""
        self._is_closed = True
        self._thread.shutdown()
