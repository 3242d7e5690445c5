"""The tunnel of any program that prints its public URL: cloudflared, pinggy's ssh, zrok, devtunnel, bore."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.url import connect_address
from webhook_tui.environment import child_environment, secret_values
from webhook_tui.tunnels import errors
from webhook_tui.tunnels.base import LOG_NAME, Opened, TunnelSettings
from webhook_tui.tunnels.process.child import ChildRun, follow
from webhook_tui.tunnels.process.output import TunnelLog
from webhook_tui.tunnels.url_parser import UrlFinder, compiled

_CANNOT_RUN = (126, 127)


class CommandTunnel:
    """Runs the program of --tunnel-command, without a shell, and finds the URL in its output."""

    kind = "command"

    def __init__(self, settings: TunnelSettings) -> None:
        """Raises ProblemError (ExitCode.USAGE) when the command or the pattern is invalid."""
        self._words = split_command(settings.command)
        self._pattern = compiled(settings.url_pattern)
        self.server = errors.shortened(Path(self._words[0]).name, 30)
        self.deadline_seconds = settings.deadline_seconds
        self._secrets_env = settings.secrets_env
        self._log = TunnelLog(
            settings.state_dir / LOG_NAME, hidden=secret_values(os.environ, more=settings.secrets_env)
        )

    async def run(self, host: str, port: int, opened: Opened) -> Problem:
        """Run the program once."""
        if shutil.which(self._words[0]) is None:
            return errors.command_not_found(self._words[0])
        finder = UrlFinder(self._pattern)

        def on_line(line: str) -> str | None:
            self._log.write(self.server, line)
            return finder.url_in(line)

        run = await follow(
            filled(self._words, host, port),
            environment=self._environment(),
            deadline_seconds=self.deadline_seconds,
            on_line=on_line,
            opened=opened,
        )
        return self._problem(run)

    def _environment(self) -> dict[str, str]:
        keep = ("NGROK_AUTHTOKEN",) if Path(self._words[0]).stem == "ngrok" else ()
        return child_environment(os.environ, more=self._secrets_env, keep=keep)

    def _problem(self, run: ChildRun) -> Problem:
        if run.timed_out:
            return errors.command_no_url(self.deadline_seconds)
        if run.urls:
            crashed = run.code is not None and run.code < 0
            reason = errors.exit_reason(run.code) if crashed else self._log.clean(run.last_line)
            return errors.closed(self.server, reason)
        last_line = self._log.clean(run.last_line)
        return errors.command_ended(run.code, last_line, is_transient=run.code not in _CANNOT_RUN)


def split_command(command: str | None) -> list[str]:
    """Return the words of --tunnel-command, split as by a shell. Raises ProblemError (ExitCode.USAGE)."""
    try:
        words = shlex.split(command or "")
    except ValueError:
        words = []
    if not words:
        raise ProblemError(errors.invalid_command(command))
    return words


def filled(words: list[str], host: str, port: int) -> list[str]:
    """Return the arguments with {host} and {port} replaced."""
    target = connect_address(host, port)
    reached = target.rpartition(":")[0]
    return [word.replace("{host}", reached).replace("{port}", str(port)) for word in words]
