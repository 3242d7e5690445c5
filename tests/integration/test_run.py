"""`webhook-tui run` and `listen --until`: a session of its own that ends with a command, or with deliveries."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.integration.process import program, run

SANDBOX = ("--sandbox", "--port", "0")
PAUSED = """
import signal, sys
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(9))
print("up", flush=True)
signal.pause()
"""


async def test_the_command_finds_url_port_and_secret_and_its_streams_are_its_own(tmp_path: Path) -> None:
    """No token is in its environment; the file with the secret is for its owner only; the webhook is deleted."""
    file = tmp_path / "secret"
    script = 'echo "$WEBHOOK_TUI_URL $WEBHOOK_TUI_PORT $WEBHOOK_TUI_SECRET [$PIKTID_TOKEN]"; cat; exit 3'

    code, output, notes = await run(
        "run", *SANDBOX, "--secret-out", str(file), "--", "sh", "-c", script, stdin="given", PIKTID_TOKEN="canary"
    )

    said = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/h/[0-9a-f]{32} (\d+) (\S+) \[\]\ngiven", output)
    assert code == 3, notes
    assert said is not None
    assert said[1] == said[2]
    assert (file.read_text(), file.stat().st_mode & 0o777) == (said[3], 0o600)
    assert "sh ended with 3 after " in notes
    assert re.search(r"^\d+ received: .*valid", notes, re.MULTILINE)
    assert "Webhook 41 deleted." in notes
    assert said[3] not in notes


@pytest.mark.parametrize(
    ("options", "command", "code"),
    [
        ((), "exit 0", 0),
        (("--until", "verdict:missing"), "exit 0", 0),
        (("--until", "verdict:missing"), "exit 4", 4),
        (("--until", "event:never", "--within", "0.5"), "exit 0", 6),
        (("--until", "event:never", "--none", "verdict:valid"), "exit 0", 7),
    ],
)
async def test_the_exit_code(options: tuple[str, ...], command: str, code: int) -> None:
    """That of the command; where it is 0, what is missing is waited for."""
    ended, _, notes = await run("run", *SANDBOX, *options, "--", "sh", "-c", command)

    assert ended == code, notes
    assert "Webhook 41 deleted." in notes


@pytest.mark.parametrize(("name", "code"), [("no-such-command", 127), ("/", 126)])
async def test_a_command_that_cannot_be_run(name: str, code: int) -> None:
    """As in a shell."""
    ended, _, notes = await run("run", *SANDBOX, "--", name)

    assert ended == code
    assert f"webhook-tui: {name} cannot be run: " in notes
    assert "Webhook 41 deleted." in notes


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_reach_the_command(number: signal.Signals) -> None:
    """What it makes of them is the exit code; then the webhook is deleted."""
    async with program("run", *SANDBOX, "--", sys.executable, "-c", PAUSED) as running:
        await running.until(lambda: running.lines == ["up"])
        assert await running.left(number) == 9
    assert "Webhook 41 deleted." in running.words


async def test_a_command_that_a_signal_kills() -> None:
    """128 and its number, as in a shell."""
    assert (await run("run", *SANDBOX, "--", "sh", "-c", "kill -KILL $$"))[0] == 137


async def test_without_a_token_nothing_is_run() -> None:
    """Start-up keeps its own exit codes."""
    code, output, _ = await run("run", "--", "echo", "hi")

    assert (code, output) == (2, "")
    assert (await run("run", *SANDBOX))[0] == 2


async def test_listen_until_deliveries_have_come() -> None:
    """Then it leaves as ever; not in time, it says what arrived instead; junit is all that is on standard output."""
    met, output, notes = await run("listen", *SANDBOX, "--until", "image_result verdict:valid")
    late, report, why = await run(
        "listen", *SANDBOX, "--until", "event:never", "--within", "1", "--format", "junit", "--none", "verdict:older"
    )

    assert met == 0, notes
    assert output.splitlines()[-1] == "deleted: the webhook is gone"
    assert "  1 of 1  #" in notes
    assert late == 6, why
    assert [failure.attrib["type"] for failure in ET.fromstring(report).iter("failure")] == ["not-in-time"]
    assert "Not in time: 0 of 1 after 1" in why
    assert (await run("listen", *SANDBOX, "--within", "1"))[0] == 2
    assert (await run("listen", *SANDBOX, "--format", "junit"))[0] == 2
