"""A command that runs beside a session and ends with it: what `run` does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from webhook_tui.domain import events
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.units import duration
from webhook_tui.encoding import is_utf8
from webhook_tui.environment import child_environment
from webhook_tui.headless import messages
from webhook_tui.headless.expectation import DeliveriesArrived, ExitCondition
from webhook_tui.session.session import Session

NOT_EXECUTABLE, NOT_FOUND = 126, 127
"""Exit codes of a shell."""
_MOST_NUMBERS = 5


class CommandLine(Struct, frozen=True):
    """The command to run, with its environment."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    """Ours, from which PiktID's token and our secrets are removed."""
    secret_file: Path | None = None
    """Where the current signing secret is written, 0600, each time that it changes."""


class CommandEnded(ExitCondition):
    """Starts the command when the session is ready; the session ends with it, or when the deliveries have arrived."""

    def __init__(self, line: CommandLine, session: Session, arrived: DeliveriesArrived | None) -> None:
        self._line = line
        self._session = session
        self._arrived = arrived
        self._process: subprocess.Popen[bytes] | None = None
        self._code: int | None = None
        self._is_starting = False
        self._early_signals: list[int] = []
        """What arrived before there was a process to pass it on to."""
        self._began = time.monotonic()
        self._registered_url: str | None = None
        self._webhook_id: int | str | None = None
        self._is_deleted = False
        self._rows: dict[int, DeliveryRow] = {}

    @property
    def exit_code(self) -> int:
        """That of the command; where it ended with 0 and deliveries are waited for, that of the wait."""
        if self._code == 0 and self._arrived is not None:
            return self._arrived.exit_code
        return self._code or 0

    def on_event(self, event: events.SessionEvent) -> None:
        """Start the command when the session is ready; write the secret whenever a registration brought one."""
        if self._arrived is not None:
            self._arrived.on_event(event)
        match event:
            case events.WebhookRegistered(webhook_id, url):
                self._registered_url, self._webhook_id = url, webhook_id
                self._note("webhook", f"{webhook_id} registered{self._secret_id()}")
                self._write_secret()
            case events.TunnelChanged(_, str() as public_url):
                self._note("tunnel", visible(public_url))
            case events.SessionReady(public_url, port):
                self._start(public_url or "", port)
            case events.DeliveryStored(row) | events.VerdictChanged(row):
                self._rows[row.seq] = row
            case events.WebhookDeleted():
                self._is_deleted = True
            case events.SessionStopped():
                self._wait()

    def on_signal(self, number: int) -> bool:
        """Pass it on; ctrl+c in a terminal has reached the command already."""
        if self._is_starting:
            self._early_signals.append(number)
            return True
        process = self._process
        if process is None or process.poll() is not None:
            return False
        if number != signal.SIGINT or not _is_foreground():
            try:
                process.send_signal(number)
            except PermissionError:  # of another user, by sudo
                return False
        return True

    def is_met(self) -> bool:
        """Return whether the command has ended and nothing is waited for any more."""
        if self._code is None and self._process is not None and (code := self._process.poll()) is not None:
            self._code = 128 - code if code < 0 else code
            seconds = time.monotonic() - self._began
            name = visible(Path(self._line.arguments[0]).name)
            sys.stderr.write(f"{name} ended with {self._code} after {duration(seconds)}.\n")
            if self._arrived is not None:
                self._arrived.begin_now()
        is_arrived = self._arrived is None or self._arrived.is_met()
        return self._code is not None and (self._code != 0 or is_arrived)

    def report(self) -> None:
        """Print what was received, the bad ones by their cause."""
        if self._code is None:
            return
        if self._is_deleted:
            sys.stderr.write(f"Webhook {self._webhook_id} deleted.\n")
        for line in summary(list(self._rows.values())):
            sys.stderr.write(f"{line}\n")
        if self._arrived is not None:
            self._arrived.report()
        sys.stderr.flush()

    def _start(self, public_url: str, port: int) -> None:
        url = self._registered_url or self._session.hook_url or public_url
        secret = self._session.signing_secret()
        environment = {
            **child_environment(self._line.environment),
            "WEBHOOK_TUI_URL": url,
            "WEBHOOK_TUI_PORT": str(port),
            **({} if secret is None else {"WEBHOOK_TUI_SECRET": secret.reveal()}),
        }
        self._note("receiver", f"port {port}, {visible(url)}")
        self._write_secret()
        self._began = time.monotonic()
        self._is_starting = True
        try:
            self._process = subprocess.Popen(self._line.arguments, env=environment)  # noqa: S603 -- the user's own
        except OSError as error:
            self._code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
            name = visible(self._line.arguments[0])
            sys.stderr.write(f"webhook-tui: {name} cannot be run: {error.strerror}.\n")
        self._is_starting = False
        for number in self._early_signals:
            self.on_signal(number)

    def _wait(self) -> None:
        """The session has stopped by itself: the command still runs to its end."""
        if self._process is not None and self._code is None:
            code = self._process.wait()
            self._code = 128 - code if code < 0 else code

    def _secret_id(self) -> str:
        secret = self._session.signing_secret()
        return "" if secret is None else f", secret {secret.short_id}"

    def _write_secret(self) -> None:
        secret = self._session.signing_secret()
        if self._line.secret_file is not None and secret is not None:
            write_secret(self._line.secret_file, secret)

    def _note(self, part: str, text: str) -> None:
        symbol = "●" if is_utf8() else "*"
        sys.stderr.write(f"{symbol} {part:<10} {text:<58} {time.monotonic() - self._began:.1f} s\n")
        sys.stderr.flush()


def write_secret(path: Path, secret: Secret) -> None:
    """Write the secret to a file that only its owner can read; a reader sees the old one or the new one whole.

    Raises ProblemError.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secret.key)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ProblemError(messages.unwritable_secret_file(path, error.strerror)) from error


def summary(rows: Sequence[DeliveryRow]) -> list[str]:
    """Return `12 received: 9 valid, 2 invalid, 1 missing` and a line for each cause of the bad ones."""
    if not rows:
        return ["0 received"]
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    words = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)
    causes: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.verdict.is_bad:
            reason = visible(row.short_reason).rstrip(".")
            causes[row.verdict.value, f"{reason[:1].lower()}{reason[1:]}"].append(row.seq)
    lines = [f"{len(rows)} received: {words}"]
    for (verdict, reason), seqs in causes.items():
        numbers = " ".join(f"#{seq}" for seq in seqs[:_MOST_NUMBERS]) + ("" if len(seqs) <= _MOST_NUMBERS else " …")
        lines.append(f"  {len(seqs)} {verdict:<9} {numbers}   {reason}")
    return lines


def _is_foreground() -> bool:
    """Whether a terminal sends ctrl+c to us and to the command alike."""
    if sys.platform == "win32":
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
