"""Signed events that are sent to a handler; the commands themselves are tested in tests/cli/test_signatures.py."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.http.echo import echo
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.headless import messages
from webhook_tui.headless.signing import send
from webhook_tui.storage.database.errors import no_delivery

SECRET = Secret("s")


def _run(url: str) -> int:
    return send.run("ping", url, SECRET, b"{}", timeout_seconds=TIMEOUT_SECONDS)


@pytest.mark.parametrize(
    ("status", "code", "line"),
    [(204, 0, "✓ 204 No Content in "), (404, 1, "✗ 404 Not Found in "), (299, 0, "✓ 299 in ")],
)
async def test_the_answer_is_printed(status: int, code: int, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with echo() as server:
        server.statuses.append(status)
        assert await asyncio.to_thread(_run, server.url) == code
    assert capsys.readouterr().out.startswith(line)


def test_a_url_without_a_scheme_is_refused() -> None:
    with pytest.raises(ProblemError) as caught:
        _run("127.0.0.1:3000")
    assert caught.value.problem == messages.NOT_A_URL


def test_another_machine_is_checked_only_when_asked_for() -> None:
    with pytest.raises(ProblemError) as caught:
        send.check_handler("https://example.com/", SECRET, anywhere=False, timeout_seconds=1.0, output="json")
    assert caught.value.problem == messages.OTHER_MACHINE


def test_a_delivery_that_is_not_stored(history: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        send.stored_event(history, 9999)
    assert caught.value.problem == no_delivery(9999)
