"""The deadlines that the receiver really has, to a tenth of a second, by a clock that the test sets forward."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.http.limits import Limits
from webhook_tui.http.receiver import Receiver, Reply
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind

POST = b"POST /h HTTP/1.1\r\nHost: x\r\n"


class ForwardLoop(asyncio.SelectorEventLoop):
    """Every timer of the server hangs on this clock, which stands still until the test sets it, however slow it is."""

    stands_at: float | None = None
    """None: the real clock."""

    def time(self) -> float:
        """Seconds."""
        return super().time() if self.stands_at is None else self.stands_at


async def _turns() -> None:
    """Let the loop turn so often that what is sent is read, answered and read, through real sockets.

    One longer wait could be over in a single turn when the machine is busy.
    """
    for _ in range(15):
        await asyncio.to_thread(threading.Event().wait, 0.002)


class Clients:
    """Connections to one server with its defaults."""

    def __init__(self, port: int, loop: ForwardLoop) -> None:
        self._port = port
        self._loop = loop
        self._began = loop.stands_at = loop.time()
        self.writers: dict[str, asyncio.StreamWriter] = {}
        self._readers: dict[str, asyncio.StreamReader] = {}

    async def open(self, name: str, sent: bytes) -> None:
        """One more, which sends that."""
        self._readers[name], self.writers[name] = await asyncio.open_connection("127.0.0.1", self._port)
        self.writers[name].write(sent)

    async def until(self, seconds: float) -> None:
        """Set the clock to so long after the beginning, and let everything happen that is due then."""
        self._loop.stands_at = self._began + seconds
        await _turns()

    async def send(self, name: str, more: bytes) -> None:
        """It sends more, now."""
        self.writers[name].write(more)
        await _turns()

    def said(self) -> dict[str, bytes]:
        """What each got that is over by now."""
        return {
            name: bytes(reader._buffer)  # type: ignore[attr-defined]  # noqa: SLF001 -- reading would wait by the clock under test
            for name, reader in self._readers.items()
            if reader._eof  # type: ignore[attr-defined]  # noqa: SLF001 -- as above
        }

    async def close(self) -> None:
        """Close all."""
        for writer in self.writers.values():
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@contextlib.asynccontextmanager
async def clients_of_defaults() -> AsyncIterator[Clients]:
    """A receiver as the session makes it, with nothing changed."""

    def record(_delivery: Delivery, reply: Reply) -> None:
        asyncio.get_running_loop().call_soon(reply.answer, Answer(200, b"ok"))

    def ignore(*_reported: object) -> None:
        pass

    receiver = Receiver(hook_path=None, record=record, refused=ignore, probed=ignore, now=lambda: datetime.now(UTC))
    server = Server(receiver, bind("127.0.0.1", 0, exact=True), grace_seconds=0.2)
    await server.start()
    loop = asyncio.get_running_loop()
    assert isinstance(loop, ForwardLoop)
    clients = Clients(server.port, loop)
    try:
        yield clients
    finally:
        loop.stands_at = None
        await clients.close()
        await server.stop()


def _run(test: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await test()

    with asyncio.Runner(loop_factory=ForwardLoop) as runner:
        runner.run(whole())


async def _deadlines() -> None:
    async with clients_of_defaults() as clients:
        await clients.open("nothing", b"")
        await clients.open("head", POST + b"X-Hea")
        await clients.open("body", POST + b"Content-Length: 9\r\n\r\na")
        await clients.open("chunk", POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab")
        await clients.open("later", POST + b"Content-Length: 9\r\n\r\na")
        await clients.open("idle", POST + b"Content-Length: 1\r\n\r\na")
        await clients.until(0.3)
        assert clients.said() == {}

        await clients.until(4.9)
        await clients.send("head", b"d")  # a head that drips has no more time
        assert clients.said() == {}
        await clients.until(5.4)
        assert sorted(clients.said()) == ["head", "nothing"]
        assert clients.said()["nothing"] == b""
        assert clients.said()["head"].startswith(b"HTTP/1.1 408 ")

        await clients.until(9.0)
        await clients.send("later", b"b")  # a body that drips has
        await clients.until(9.9)
        assert len(clients.said()) == 2
        await clients.until(10.4)
        assert sorted(clients.said()) == ["body", "chunk", "head", "nothing"]
        assert all(clients.said()[name].startswith(b"HTTP/1.1 408 ") for name in ("body", "chunk"))

        await clients.until(14.9)
        assert len(clients.said()) == 4
        await clients.until(15.5)
        assert clients.said()["idle"].startswith(b"HTTP/1.1 200 ")

        await clients.until(18.8)
        assert "later" not in clients.said()
        await clients.until(19.5)
        assert clients.said()["later"].startswith(b"HTTP/1.1 408 ")


def test_each_deadline_comes_in_time() -> None:
    """Head 5 s, body 10 s of silence, idle 15 s: not before, and at once then."""
    _run(_deadlines)


async def _connections() -> None:
    async with clients_of_defaults() as clients:
        most = Limits().connections
        for number in range(most):
            await clients.open(str(number), POST)
        await clients.open("one more", b"")
        await clients.until(1.0)
        assert list(clients.said()) == ["one more"]
        assert clients.said()["one more"].startswith(b"HTTP/1.1 503 ")

        clients.writers["0"].close()
        await clients.until(1.5)
        await clients.open("the next", POST + b"Connection: close\r\nContent-Length: 2\r\n\r\nhi")
        await clients.until(2.0)
        assert clients.said()["the next"].startswith(b"HTTP/1.1 200 ")


def test_the_257th_connection_is_503() -> None:
    """And when one of the 256 has gone, the next one is served."""
    assert Limits().connections == 256
    _run(_connections)
