"""Work that runs beside the session's loops: forwarding a delivery, carrying out a command."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import ProblemOccurred
from webhook_tui.session import messages
from webhook_tui.session.bus import EventBus

_log = logging.getLogger(__name__)


class BackgroundTasks:
    """Starts coroutines and publishes ProblemOccurred for each that fails. Belongs to the session's loop."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def start(self, work: Coroutine[Any, Any, None], what: str, *, command: str = "") -> None:
        """Run `work` beside the others. `what` names it in a problem. `command`: the command that it carries out."""
        if self._is_closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(self._run(work, what, command), name=what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # one that was cancelled before it began is still open

    def cancel(self) -> set[asyncio.Task[None]]:
        """Cancel everything that is under way; returns the tasks, for the caller to wait for."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        return tasks

    async def aclose(self, timeout_seconds: float) -> None:
        """Cancel everything and wait for it, at most so long; what is started afterwards is dropped."""
        self._is_closed = True
        if tasks := self.cancel():
            await asyncio.wait(tasks, timeout=timeout_seconds)

    async def _run(self, work: Coroutine[Any, Any, None], what: str, command: str) -> None:
        try:
            await work
        except ProblemError as error:
            self._bus.publish(ProblemOccurred(error.problem, command=command))
        except Exception as error:  # noqa: BLE001 -- whatever failed, the front end shows it
            _log.exception("%s failed", what)
            self._bus.publish(ProblemOccurred(messages.unexpected(what, error), command=command))
