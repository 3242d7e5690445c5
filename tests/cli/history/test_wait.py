"""`webhook-tui wait`, beside a process that stores deliveries."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import JOB, OWN, received, record
from tests.factories import NOW, VALID
from tests.fork_server import run
from tests.integration.process import program
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.storage.history import DeliveryStore

IMAGE = "event:image_result verdict:valid"


def _store(path: Path, *bodies: bytes) -> None:
    record(path, *[(OWN, received(body, b"image_result")) for body in bodies])


async def test_it_waits_for_what_comes_from_its_start_on(history: Path) -> None:
    """Not for what is there; in time, standard output is that of `list`."""
    async with program("wait", IMAGE, "--count", "2") as waiting:
        await waiting.until(lambda: "from #5" in waiting.words)
        await asyncio.to_thread(_store, history, JOB % 5)
        await waiting.until(lambda: "1 of 2  #5  image_result  ec536688  completed" in waiting.words)
        await asyncio.to_thread(_store, history, JOB % 6)
        code = await waiting.ended()

    assert code == 0
    assert [line.split()[0] for line in waiting.output.decode().splitlines()] == ["#", "5", "6"]
    assert waiting.words.splitlines()[:2] == [
        f"waiting for 2: {IMAGE} (from #5)",
        "No session writes this history now. Start one: webhook-tui listen",
    ]


async def test_a_history_that_is_made_later_and_a_verdict_that_comes_later(tmp_path: Path) -> None:
    """The session may start after the wait; a pending delivery counts when it has become valid."""
    path = tmp_path / "later.db"
    pending = VerificationResult(Verdict.PENDING, "Pending.", "Pending.")
    async with program("wait", "verdict:valid", "--db", str(path), "--format", "json") as waiting:
        await waiting.until(lambda: "from #1" in waiting.words)
        with closing(DeliveryStore.open(path, started_at=NOW)) as store:
            await store.record(received(b"{}", b"ping"), pending, account=OWN, answered=200)
            await store.set_verdicts([(1, VALID)])
            assert await waiting.ended() == 0
    assert json.loads(waiting.output)["verdict"] == "valid"


def test_since_seq_counts_what_is_there(history: Path) -> None:
    """Numbers greater than N; nothing has to be written."""
    done = run("wait", "image_result", "--since-seq", "0", "--count", "2", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["seq"] for line in done.stdout.splitlines()] == [1, 2]


def test_not_in_time_says_what_arrived_instead(history: Path) -> None:
    """Exit code 6; the nearest misses with their cause, and what to do next."""
    done = run("wait", IMAGE, "--since-seq", "1", "--within", "0.2")

    lines = done.stderr.decode().splitlines()
    at = lines.index("Nearest misses, of the 3 others that arrived:")
    assert (done.returncode, done.stdout) == (6, b"")
    assert lines[at - 1].startswith("Not in time: 0 of 1 after 0.")
    assert any(line.startswith("  1  image_result, invalid: ") and line.endswith("#2") for line in lines)
    assert lines[-1] == "Next: webhook-tui why 2"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--none", "verdict:missing", "--since-seq", "0"], 7),
        (["image_result", "--none", "verdict:missing", "--since-seq", "0"], 0),
        (["ping", "--none", "verdict:invalid", "--since-seq", "0"], 7),
        (["--none", "verdict:older", "--since-seq", "0", "--within", "0.1"], 0),
        ([], 2),
        (["x", "--within", "0"], 2),
        (["event:"], 2),
    ],
)
def test_exit_codes(history: Path, arguments: list[str], code: int) -> None:
    """Until is met, unless a forbidden one comes first."""
    done = run("wait", *arguments)

    assert done.returncode == code, done.stderr
    if code == 7:
        assert b"A forbidden delivery arrived after " in done.stderr


def test_junit(history: Path) -> None:
    """A test case for each condition, on standard output."""
    met = run("wait", "image_result", "--since-seq", "0", "--format", "junit")
    missed = run("wait", "event:x", "--none", "event:y", "--within", "0.1", "--format", "junit")

    suites = ET.fromstring(missed.stdout.decode())
    assert (met.returncode, missed.returncode) == (0, 6)
    assert ET.fromstring(met.stdout.decode()).attrib["failures"] == "0"
    assert suites.attrib["tests"] == "2"
    assert [failure.attrib["type"] for failure in suites.iter("failure")] == ["not-in-time"]
