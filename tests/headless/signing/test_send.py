"""One event sent: its name, its signature, and what the answer means."""

from __future__ import annotations

import json

import pytest

from tests.export.receiving import receiving
from tests.factories import signature
from tests.fork_server import ran, run
from webhook_tui.domain.delivery.event import KNOWN_EVENTS


@pytest.mark.parametrize("event", [*KNOWN_EVENTS, "brand_new_event", "événement"])
async def test_an_event_of_any_kind_is_sent(event: str) -> None:
    """A sample, named in header and body, signed as PiktID signs it."""
    async with receiving() as handler:
        done = await ran("send", event, f"{handler.url}/hook?x=1", "--secret", "s")

    request = handler.arrived[0]
    headers = dict(request.headers)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("✓ 200 OK in ".encode())
    assert (request.method, request.target) == ("POST", b"/hook?x=1")
    assert headers[b"X-Webhook-Event"].decode() == json.loads(request.body)["name"] == event
    assert headers[b"X-Webhook-Signature"].decode() == signature("s", request.body)


@pytest.mark.parametrize("status", [404, 302, 500])
async def test_another_answer_than_2xx_is_a_failure(status: int) -> None:
    """It is said all the same."""
    async with receiving() as handler:
        handler.status = status
        done = await ran("send", "ping", handler.url, "--secret", "s")

    assert done.returncode == 1
    assert done.stdout.startswith(f"✗ {status} ".encode())


async def test_no_answer_is_a_failure() -> None:
    """One sentence with the reason."""
    async with receiving() as handler:
        pass
    done = run("send", "ping", handler.url, "--secret", "s")

    assert done.returncode == 1
    assert done.stderr == (
        b"webhook-tui: No answer: the connection was refused. "
        b"Nothing listens there: start your app, or compare its port with the URL.\n"
    )


@pytest.mark.parametrize("event", ["", " ", "a\nb", "a\r\nX-Injected: 1", "\x1b[31m"])
def test_what_is_no_name_is_not_sent(event: str) -> None:
    """No header is smuggled in."""
    done = run("send", event, "http://127.0.0.1:1/", "--secret", "s")

    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
