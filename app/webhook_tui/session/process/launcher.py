"""Starts the session's process, and starts it again after its end."""

from __future__ import annotations

import subprocess

from msgspec.structs import replace

from webhook_tui.config import Settings
from webhook_tui.domain.errors import ProblemError
from webhook_tui.session import messages
from webhook_tui.session.process.session_process import SessionProcess
from webhook_tui.session.process.spawn import spawn, take_early
from webhook_tui.storage.database.temporary_directory import TemporaryDirectory


class SessionLauncher:
    """Starts the session of one screen, and starts it again; owns the directory of a history that is not kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: SessionProcess | None = None
        self._directory: TemporaryDirectory | None = None

    def start(self) -> SessionProcess:
        """Start the process and return it at once. Raises ProblemError when it cannot be started."""
        settings = self._settings
        if settings.is_temporary:
            self._directory = self._directory or TemporaryDirectory.create()
            settings = replace(settings, temporary_directory=self._directory.path)
        self._process = SessionProcess(settings, _spawned(settings))
        return self._process

    def restart(self) -> SessionProcess:
        """Start another process, on the same port and with the same token; returns when it listens."""
        if self._process is not None:
            before = self._process
            self._settings = replace(self._settings, port=before.port, port_was_given=True, token=before.token)
        return self._started()

    def start_sandbox(self) -> SessionProcess:
        """Start a process with the embedded PiktID instead; returns when it listens. Raises ProblemError."""
        self._settings = replace(self._settings, sandbox=True)
        return self._started()

    def _started(self) -> SessionProcess:
        process = self.start()
        process.wait_until_bound()
        return process

    def end(self) -> None:
        """End the process if it still runs, and wait until it has exited. Repeated calls have no effect."""
        if self._process is not None:
            self._process.close()

    def close(self) -> None:
        """Remove the directory; a process that still runs does so when it ends. Repeated calls have no effect."""
        if self._directory is not None:
            self._directory.remove()


def _spawned(settings: Settings) -> subprocess.Popen[bytes]:
    try:
        return take_early(settings.places.session_errors) or spawn(settings.places.session_errors)
    except OSError as error:
        raise ProblemError(messages.not_spawned(str(error.strerror))) from error
