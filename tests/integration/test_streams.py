"""Commands whose standard streams are full, closed, or not read: one line, the right exit code, no crash."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import fork_server
from tests.factories import NOW, VALID, delivery, signature
from tests.handler_check import handlers
from tests.handler_check.handlers import SECRET, serving
from webhook_tui.config import API_URL
from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.places import Places
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore

pytestmark = pytest.mark.portable

PRINTING = [
    ("--help",),
    ("paths",),
    ("keys",),
    ("completion", "zsh"),
    ("forget",),
    ("secret", "--token", "t"),
    ("export",),
    ("verify", "--secret", "s", "--signature", signature("s", b"")),
    ("listen", "--sandbox", "--port", "0"),
    ("sandbox", "--port", "0"),
]
STARTED = [("paths",), ("export",)]
"""Those that find a stream closed at the start of Python itself; for the others it is closed in a fork."""
BROKEN = {">&-": "it is closed"} | ({">/dev/full": "No space left on device"} if Path("/dev/full").exists() else {})
"""Redirections of standard output, and why it cannot be written then; not every system has a device that is full."""
FULL = {">/dev/full": 1, "2>/dev/full": 2}
"""Redirections to such a device, and the number of their stream."""


@pytest.fixture(autouse=True)
def _state() -> None:
    """A delivery that no pipe holds at once, and a secret."""

    async def record(store: DeliveryStore) -> None:
        large = replace(delivery(b"x" * 1_000_000), headers=())
        await store.record(large, VALID, account=Account(API_URL, "0123456789ab"), answered=200)

    with closing(DeliveryStore.open(Places.of_user().deliveries, started_at=NOW)) as store:
        asyncio.run(record(store))
    with closing(AccountStore.open(Places.of_user().accounts)) as accounts:
        accounts.save_ring(Account.of(API_URL, Secret("t")), SecretRing().registered(Secret("current"), NOW))


def redirected(arguments: tuple[str, ...], how: str) -> subprocess.CompletedProcess[bytes]:
    """`webhook-tui ARGUMENTS` in a shell that changes the streams so, with nothing on standard input."""
    if how in FULL:
        return fork_server.run_with_full(FULL[how], *arguments)
    if how == ">&-" and arguments not in STARTED and hasattr(os, "fork"):
        return fork_server.run_with_fault("closed_output", *arguments)
    command = shlex.join([sys.executable, "-m", "webhook_tui", *arguments])
    return subprocess.run(["sh", "-c", f"exec {command} {how}"], input=b"", capture_output=True, check=False)


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_output_that_cannot_be_written_is_one_line(arguments: tuple[str, ...], how: str) -> None:
    """And exit code 1, whatever the command would have said."""
    done = redirected(arguments, how)

    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert said.count("\n") == 1
    assert said.startswith(f"webhook-tui: Standard output cannot be written: {BROKEN[how]}.")


@pytest.mark.parametrize("command", [("check",), ("send", "ping")], ids=["check", "send"])
async def test_what_a_handler_answered_cannot_be_written(command: tuple[str, ...]) -> None:
    """The same for those that say it after the work."""
    async with serving(handlers.good) as url:
        done = await asyncio.to_thread(redirected, (*command, url, "--secret", SECRET), ">&-")

    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"it is closed" in done.stderr


@pytest.mark.parametrize("how", [f"2{how}" for how in BROKEN])
@pytest.mark.parametrize(("arguments", "code"), [(("secret",), 2), (("--no-such-option",), 2), (("paths",), 0)])
def test_notes_that_cannot_be_written_change_no_exit_code(arguments: tuple[str, ...], code: int, how: str) -> None:
    """What is lost is the note alone."""
    done = redirected(arguments, how)

    assert done.returncode == code
    assert bool(done.stdout) is (code == 0)


def test_notes_and_output_that_cannot_be_written() -> None:
    """The exit code is all that is left."""
    assert redirected(("paths",), ">&- 2>&-").returncode == 1


@pytest.mark.parametrize(
    "options", [("verify", "--secret", "s"), ("listen", "--token-stdin")], ids=["verify", "listen"]
)
def test_closed_input_is_one_line(options: tuple[str, ...]) -> None:
    """Nothing is not the same as an empty body."""
    done = redirected(options, "<&-")

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"webhook-tui: Standard input cannot be read: it is closed.\n"


def test_input_that_is_not_text_is_no_crash() -> None:
    """In a locale that takes none of its bytes."""
    command = [sys.executable, "-m", "webhook_tui", "verify", "--secret", "s", "--delivery", "-"]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}

    done = subprocess.run(command, input=b"\xff\n", capture_output=True, check=False, env=environment)

    assert (done.returncode, done.stderr) == (
        2,
        (
            b"webhook-tui: - contains no delivery. Use an HTTP request with its headers, or a line of"
            b" `listen --format json`.\n"
        ),
    )


def test_no_file_takes_the_place_of_a_closed_stream() -> None:
    """What is printed to standard output is not written into the history, which was opened meanwhile."""
    history = Places.of_user().deliveries
    before = history.read_bytes()

    redirected(("export",), ">&- <&-")

    assert history.read_bytes() == before


@pytest.mark.parametrize("options", [(), ("--output", "/dev/stdout"), ("--format", "raw")])
def test_a_reader_that_leaves_is_no_failure(options: tuple[str, ...]) -> None:
    """As with `export | head`: quiet, and the exit code that SIGPIPE gives."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "webhook_tui", "export", *options], stdout=pipe, stderr=subprocess.PIPE, check=False
        )

    assert (done.returncode, done.stderr) == (141, b"")
