"""`webhook-tui check`, run as a shell runs it, against handlers that really answer."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from tests.fork_server import ran, run
from tests.handler_check import handlers
from tests.handler_check.handlers import SECRET, Answer, serving
from webhook_tui.domain.delivery.event import KNOWN_EVENTS


@pytest.mark.parametrize(
    ("answer", "code"),
    [(handlers.good, 0), (handlers.credulous, 1), (handlers.crashing, 1)],
    ids=["good", "all", "crash"],
)
async def test_the_exit_code_is_the_test(answer: Answer, code: int) -> None:
    """0 for a good handler only; the table says pass and fail in words."""
    async with serving(answer) as url:
        done = await ran("check", url, "--secret", SECRET)

    assert done.returncode == code, done.stderr
    assert ("✗ fail" in done.stdout.decode()) is bool(code)
    assert all(f"valid: {name}" in done.stdout.decode() for name in KNOWN_EVENTS)


async def test_the_forms_for_programs() -> None:
    """The secret may come by the environment, where no process list shows it."""
    async with serving(handlers.good) as url:
        as_json = await ran("check", url, "--format", "json", WEBHOOK_TUI_SECRET=SECRET)
        junit = await ran("check", url.replace("//", "//ada:canary@"), "--format", "junit", WEBHOOK_TUI_SECRET=SECRET)

    assert json.loads(as_json.stdout)["passed"] is True
    assert ET.fromstring(junit.stdout).get("failures") == "0"
    assert b"canary" not in junit.stdout


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "https://example.com/webhook", "http://127.0.0.1@example.com/"])
def test_only_this_machine_is_checked_by_default(url: str) -> None:
    """A server of another machine is not tested by accident."""
    done = run("check", url, "--secret", SECRET)

    assert done.returncode == 2
    assert b"--anywhere" in done.stderr


async def test_anywhere_allows_another_machine() -> None:
    """And a handler that does not listen is one sentence."""
    async with serving(handlers.good) as url:
        done = await ran("check", url, "--secret", SECRET, "--anywhere")
    gone = run("check", url, "--secret", SECRET)

    assert done.returncode == 0
    assert gone.returncode == 1
    assert gone.stderr.decode() == (
        "webhook-tui: The handler did not answer: the connection was refused. Start the handler, then check again.\n"
    )


def test_check_needs_a_secret() -> None:
    """The handler's own."""
    assert run("check", "http://127.0.0.1:1/").returncode == 2
