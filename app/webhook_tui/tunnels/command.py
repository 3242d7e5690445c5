"""The tunnel through any program that prints its public URL: cloudflared, pinggy's ssh, zrok, devtunnel, bore."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.environment import child_environment, secret_values
from webhook_tui.tunnels.base import LOG_NAME, Opened, TunnelSettings, local_target, short
from webhook_tui.tunnels.child import ChildRun, follow
from webhook_tui.tunnels.log import TunnelLog
from webhook_tui.tunnels.ssh_errors import closed, exit_words
from webhook_tui.tunnels.url_finder import UrlFinder, compiled

_CANNOT_RUN = (126, 127)


class CommandTunnel:
    """Runs the program of --tunnel-command, never through a shell, and waits for a URL in what it prints."""

    kind = "command"

    def __init__(self, settings: TunnelSettings) -> None:
        """Raises ProblemError with ExitCode.USAGE when the command or the pattern is none."""
        self._words = split_command(settings.command)
        self._pattern = compiled(settings.url_pattern)
        self.server = short(Path(self._words[0]).name, 30)
        self.deadline_seconds = settings.deadline_seconds
        self._secrets_env = settings.secrets_env
        self._log = TunnelLog(
            settings.state_dir / LOG_NAME, hidden=secret_values(os.environ, more=settings.secrets_env)
        )

    async def run(self, host: str, port: int, opened: Opened) -> Problem:
        """One run of the program, from start to end."""
        if shutil.which(self._words[0]) is None:
            return _not_there(self._words[0])
        finder = UrlFinder(self._pattern)

        def heard(line: str) -> str | None:
            self._log.write(self.server, line)
            return finder.url_in(line)

        course = await follow(
            filled(self._words, host, port),
            environment=self._environment(),
            deadline_seconds=self.deadline_seconds,
            heard=heard,
            opened=opened,
        )
        return self._problem(course)

    def _environment(self) -> dict[str, str]:
        keep = ("NGROK_AUTHTOKEN",) if Path(self._words[0]).stem == "ngrok" else ()
        return child_environment(os.environ, more=self._secrets_env, keep=keep)

    def _problem(self, course: ChildRun) -> Problem:
        if course.timed_out:
            return Problem(
                f"The tunnel command ran {self.deadline_seconds:g} s and printed no URL that fits.",
                "Check --tunnel-url-pattern; its words: webhook-tui paths, tunnel.log.",
                ExitCode.TUNNEL,
                is_transient=True,
            )
        if course.urls:
            crashed = course.code is not None and course.code < 0
            return closed(self.server, exit_words(course.code) if crashed else self._log.clean(course.last_line))
        return Problem(
            f"The tunnel command ended at once ({exit_words(course.code)}).",
            "Check --tunnel-command, then start again.",
            ExitCode.TUNNEL,
            is_transient=course.code not in _CANNOT_RUN,
        )


def split_command(command: str | None) -> list[str]:
    """The words of --tunnel-command as a shell would split them. Raises ProblemError with ExitCode.USAGE."""
    try:
        words = shlex.split(command or "")
    except ValueError:
        words = []
    if not words:
        raise ProblemError(
            Problem(
                "--tunnel-command is missing."
                if not command
                else "--tunnel-command has a quote without its other half.",
                'Write it so: --tunnel-command "cloudflared tunnel --url http://{host}:{port}".',
                ExitCode.USAGE,
            )
        )
    return words


def filled(words: list[str], host: str, port: int) -> list[str]:
    """The argv: {host} and {port} replaced inside each word, other braces left alone."""
    target = local_target(host, port)
    reached = target.rpartition(":")[0]
    return [word.replace("{host}", reached).replace("{port}", str(port)) for word in words]


def _not_there(program: str) -> Problem:
    return Problem(
        f"There is no {short(program, 30)} on this machine (exit code 127).",
        "Check --tunnel-command, then start again.",
        ExitCode.TUNNEL,
    )
