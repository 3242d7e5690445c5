"""Hostile strings through the program without a screen, and what its API and its tunnel say: lines stay lines."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.hostile.pty_bytes import assert_clean
from tests.hostile.strings import strings
from tests.hostile.test_terminal import Sample, chosen
from tests.integration.deliveries import post
from tests.integration.process import program
from tests.integration.terminal import terminal
from tests.session.running import TOKEN, sandbox_of
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.http.asgi import Asgi, Receive, Scope, Send

FOREIGN = ("http://[<", "https://evil\u2100.example/<", "<")
"""How a foreign webhook's URL begins: two of them no URL at all to those who take it apart."""


def _assert_harmless(said: bytes) -> None:
    for line in said.decode().split("\n"):
        assert all(map(is_harmless, line)), line


@pytest.mark.timeout(900)
@pytest.mark.parametrize("output", ["text", "json"])
async def test_lines_and_notes_are_harmless(output: str) -> None:
    """As text and as JSON, on standard output and standard error; one line each, however many newlines were sent."""
    texts = chosen()
    async with (
        sandbox_of() as (sandbox, api_url),
        program(
            *("listen", "--format", output, "--port", "0", "--tunnel", "none", "--api-url", api_url),
            PIKTID_TOKEN=TOKEN.reveal(),
        ) as listening,
    ):
        await listening.until(lambda: b"ready" in listening.output and sandbox.registry.current)
        assert sandbox.registry.current is not None
        url = sandbox.registry.current.url
        for number, text in enumerate(texts, start=2):
            sample = Sample(number, text)
            assert await post(url, sample.body, sample.headers) == 200
        last = (f"#{len(texts) + 1} " if output == "text" else f'"seq":{len(texts) + 1},').encode()
        await listening.until(lambda: last in listening.output)
        await listening.left()
    _assert_harmless(bytes(listening.output))
    _assert_harmless(bytes(listening.notes))
    if output == "json":
        assert len(listening.of("delivery")) == len(texts) + 1
        assert listening.output.isascii()


class HostileApi:
    """A proxy before a sandbox: the foreign webhook, errors and events are full of control characters."""

    def __init__(self, texts: list[str], beginning: str = "<") -> None:
        # JSON with half of a surrogate pair is not read at all, and would keep the others from being shown.
        self._texts = [text.encode("utf-8", "replace").decode() for text in texts]
        self.url = f"{beginning}{''.join(self._texts)}>"
        self.asked = 0

    def before(self, app: Asgi) -> Asgi:
        """The sandbox behind it."""

        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            asked = (scope.get("method"), scope.get("path"))
            if asked == ("GET", "/webhooks"):
                status = "".join(self._texts[:5])
                moments = {"created_at": status, "updated_at": status, "last_response_at": status}
                await _say(send, 200, {"id": 1, "url": self.url, "last_response_status": status, **moments})
            elif asked == ("POST", "/webhooks/test"):
                text = self._texts[self.asked % len(self._texts)]
                self.asked += 1
                await _say(send, 400, {"detail": f"d{self.asked:04}<{text}>"})
            elif asked == ("GET", "/notifications/events"):
                await _stream(send, self._texts)
                await receive()
            else:
                await app(scope, receive, send)

        return answered


async def _say(send: Send, status: int, value: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})


async def _stream(send: Send, texts: list[str]) -> None:
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for number, text in enumerate(texts, start=1):
        event = {"id": f"s{number:04}<{text}>", "name": f"<{text}>", "data": {f"<{text}>": text}, "timestamp": 1}
        data = json.dumps(event, ensure_ascii=number % 2 == 0).replace("\n", "").encode("utf-8", "replace")
        await send({"type": "http.response.body", "body": b"data: " + data + b"\n\n", "more_body": True})


@pytest.mark.timeout(900)
@pytest.mark.parametrize("beginning", FOREIGN)
async def test_what_the_api_says_in_every_view(beginning: str) -> None:
    """The guard with a foreign webhook's URL, the event stream with both contents, and errors' details as notices."""
    texts = [text for text in chosen() if len(text) < 200]
    api = HostileApi(texts, beginning)
    async with (
        sandbox_of(wrap=api.before) as (_, api_url),
        terminal(
            *("--port", "0", "--tunnel", "none", "--api-url", api_url), columns=200, PIKTID_TOKEN=TOKEN.reveal()
        ) as screen,
    ):
        await screen.dialog("A webhook that is not ours")
        screen.press("s")
        await screen.until(f"s{len(texts):04}")
        screen.press("g")
        for _ in texts:
            screen.press("j")
        screen.press("g", "enter")
        await screen.until("only by SSE")
        screen.press("esc", "s")
        for _ in texts:
            await screen.pressing("t", f"d{api.asked + 1:04}")
        screen.press("q")
        assert await screen.ended() == 0
    assert_clean(bytes(screen.output), texts)


async def test_what_the_tunnels_program_prints(tmp_path: Path) -> None:
    """All of it before it fails: on the screen it is at most one sentence."""
    texts = strings(80)
    said = tmp_path / "said"
    said.write_bytes("\n".join(f"error <{text}>" for text in texts).encode("utf-8", "surrogatepass"))
    code = f"import sys; sys.stdout.buffer.write(open({os.fspath(said)!r}, 'rb').read()); sys.exit(3)"
    command = shlex.join([sys.executable, "-c", code])
    async with terminal("--no-register", "--tunnel", "command", "--tunnel-command", command, "--port", "0") as screen:
        await screen.until("again")
        screen.press("q")
        await screen.ended()
    assert_clean(bytes(screen.output), texts)
