"""Hostile strings in what opens over the deliveries: comparison, links, copies, exports, comments, filters, answers.

They come in batches: one delivery of each pair holds as many strings as are told apart on one screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from tests.hostile.pty_bytes import assert_clean
from tests.hostile.strings import as_header
from tests.hostile.test_terminal import chosen
from tests.integration.deliveries import post
from tests.integration.terminal import Terminal, terminal
from tests.tcp_server import tcp_server

BATCH = 20
TYPED = 5
"""So many of them are typed at once."""


@contextlib.asynccontextmanager
async def local_app(answers: Iterator[Sequence[str]]) -> AsyncIterator[str]:
    """A local app that answers each request with the next strings: in its reason, its headers and its body."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        texts = next(answers)
        body = "\n".join(f"<{text}>" for text in texts).encode("utf-8", "surrogatepass")
        headers = b"".join(b"X-Hostile: <%b>\r\n" % as_header(text)[:200] for text in texts)
        writer.write(b"HTTP/1.1 500 Hostile\r\n" + headers + b"Content-Length: %d\r\n" % len(body))
        writer.write(b"Connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    async with tcp_server(serve) as port:
        yield f"http://127.0.0.1:{port}"


def _body(texts: Sequence[str], mark: str) -> bytes:
    """JSON whose keys, values and links are hostile; `mark` makes the two of a pair differ everywhere."""
    data: dict[str, object] = {f"{mark}<{text}>": f"<{text}>{mark}" for text in texts}
    data["links"] = [f"https://example.com/{mark}{number}/{text}" for number, text in enumerate(texts)]
    event = {"id": f"{mark}<{texts[0]}>", "name": f"{mark}<{texts[-1]}>", "data": data, "timestamp": 1}
    return json.dumps(event, ensure_ascii=len(texts) % 2 == 0).encode("utf-8", "surrogatepass")


def _typed(text: str) -> str:
    """What of it can be pasted: no controls, which a terminal would not pass on, and no half of a pair."""
    kept = "".join(character for character in text if character >= " " and character != "\x7f")
    return kept.encode("utf-8", "replace").decode()[:80]


async def _pages(screen: Terminal, key: str, words: str) -> None:
    """Open a dialog, look at it from its beginning to its end, and close it."""
    screen.press(key)
    await screen.dialog(words)
    screen.press("down", "down", "down")
    await screen.pressing("esc", "enter Detail")


async def _look_at(screen: Terminal, texts: Sequence[str], seq: int) -> None:
    """The pair of `seq` and the one after it, which is selected."""
    screen.press("D")
    if seq > 1:  # several are marked: which one?
        await screen.dialog(f"Compare #{seq + 1} with")
        screen.press("enter")
    await screen.dialog(f" and #{seq + 1}")
    screen.press("space", "space")
    await screen.pressing("esc", "enter Detail")
    await _pages(screen, "y", "Copy enter")
    await _pages(screen, "e", "Export enter")
    await screen.pressing("enter", "esc Back")
    screen.press("o")
    await screen.dialog("Links in this payload")
    screen.press("1")
    await screen.dialog("Open this link?")
    screen.press("c")
    await screen.pressing("esc", "esc Back")
    await screen.pressing("esc", "enter Detail")
    for start in range(0, len(texts), TYPED):
        typed = "".join(_typed(f"<{text}>") for text in texts[start : start + TYPED])
        await screen.pressing(";", f"Comment on #{seq + 1}")
        await screen.dialog(f"Comment on #{seq + 1}")
        screen.paste(typed)
        await screen.pressing("enter", "enter Detail")
        quotable = typed.replace('"', "").replace("\\", "")
        for words in (f'"{quotable}"', f"name:{typed}"):
            await screen.pressing("/", _has_filter_bar)
            screen.paste(words)
            screen.press("tab", "enter")
            await screen.pressing("esc", lambda shown: "enter Detail" in shown and not _has_filter_bar(shown))


def _has_filter_bar(shown: str) -> bool:
    return any(line.startswith(" / ") for line in shown.splitlines()[-3:])


@pytest.mark.timeout(900)
async def test_dialogs_and_bars_and_answers() -> None:
    """Each with every string, and nothing of them reaches the terminal raw."""
    texts = chosen()
    texts = texts if len(texts) > 2 * BATCH else texts[::2]  # each batch takes ten seconds
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    answers = (batch for batch in itertools.cycle(batches) for _ in range(2))
    async with (
        local_app(answers) as app,
        terminal(
            *("--port", "0", "--tunnel", "none", "--no-register", "--hook-url", "http://hook.example/"),
            *("--forward-to", app, "--ephemeral"),
            columns=110,
        ) as screen,
    ):
        await screen.until("127.0.0.1:")
        port = screen.screen.partition("127.0.0.1:")[2].split()[0]
        for number, batch in enumerate(batches):
            seq = 2 * number + 1
            assert await post(f"http://127.0.0.1:{port}/hook", _body(batch, "one")) == 500
            await screen.until(f"  #{seq}")
            screen.press("m")
            await screen.until("◆")
            assert await post(f"http://127.0.0.1:{port}/hook", _body(batch, "two")) == 500
            await screen.until(f"  #{seq + 1}")
            await _look_at(screen, batch, seq)
            await screen.pressing("esc", lambda shown: "esc Show all" not in shown)  # a filter that was kept
            screen.press("G")
        screen.press("q")
        assert await screen.ended() == 0
    assert_clean(bytes(screen.output), texts)
