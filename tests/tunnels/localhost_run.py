"""A server on 127.0.0.1 like localhost.run: needs no login, opens a forward, prints its URL, carries bytes.

Use it as an async context manager; `ssh_server` is what --ssh-server takes. Every public name has a loopback front of
its own, so that `post` reaches the tunnel's other end; with `loopback=True` the name is that front's address, so that
any HTTP client reaches the announced URL itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Literal, Self, TypeAlias

import asyncssh

from tests.tcp_server import tcp_server
from tests.timeouts import TIMEOUT_SECONDS

Form: TypeAlias = Literal["json", "cloudevents", "text"]

_BANNER = """\
===============================================================================
Welcome to localhost.run!

Follow your favourite reverse tunnel at [https://twitter.com/localhost_run].

To set up and manage custom domains go to https://admin.localhost.run/

More details on custom domains (and how to enable subdomains of your custom
domain) at https://localhost.run/docs/custom-domains
===============================================================================

** your connection id is 9fdcbd4d-0c5d-4f4f-8b1d-2f8bb8a2d1a4, please mention it. **

authenticated as anonymous user
"""
_QR = "█▀▀▀▀▀█ ▄▀ █▀▀▀▀▀█\n█ ███ █ ▀▄ █ ███ █\n"


class LocalhostRun:
    """The server and the switches for what it does wrong; a switch counts from the next connection on."""

    def __init__(self, form: Form = "json", *, loopback: bool = False) -> None:
        self.form: Form = form
        self.loopback = loopback
        self.silent = False
        """It opens the forward and never prints the URL."""
        self.keeps_url = False
        """Every connection gets the URL of the one before."""
        self.refuses_forwarding = False
        self.wants_key = False
        self.host = "127.0.0.1"
        self.port = 0
        self.connections = 0
        """How many have been made, whatever became of them."""
        self.fronts: list[asyncio.Server] = []
        """All that there ever were; those of dead names hang up at once, as closing them would leak the newest name."""
        self.announced: list[str] = []
        """Every public URL, in order."""
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._links: list[_Link] = []
        self._heard = asyncio.Condition()

    @property
    def ssh_server(self) -> str:
        """For --ssh-server."""
        return f"nokey@{self.host}:{self.port}"

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop_listening()
        await self.drop()
        for front in self.fronts:
            front.close()

    async def listen(self) -> None:
        """Accept connections, on the same port as before."""
        self._acceptor = await asyncssh.listen(
            self.host,
            self.port,
            server_factory=lambda: _Server(self),
            server_host_keys=[self._key],
            process_factory=_session,
            encoding="utf-8",
            login_timeout=TIMEOUT_SECONDS,
        )
        self.port = self._acceptor.get_port()

    async def stop_listening(self) -> None:
        """Refuse new connections; those that there are stay."""
        if self._acceptor is not None:
            self._acceptor.close()  # from Python 3.12 on, wait_closed waits for the connections, too
            self._acceptor = None

    async def change_host_key(self) -> None:
        """As an impostor of the server would."""
        await self.stop_listening()
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        await self.listen()

    async def drop(self) -> None:
        """Cut every connection, as the network does."""
        links, self._links = self._links, []
        for link in links:
            await link.cut()

    async def rotate(self) -> str:
        """Give the newest connection another name; the former one is dead. The new URL."""
        return await self._links[-1].rename()

    async def until_announced(self, count: int = 1, seconds: float = TIMEOUT_SECONDS) -> str:
        """Wait until that many URLs were said in all; the last one of them."""
        async with asyncio.timeout(seconds), self._heard:
            await self._heard.wait_for(lambda: len(self.announced) >= count)
        return self.announced[count - 1]

    async def post(self, path: str, body: bytes, *, url: str | None = None) -> tuple[int, bytes]:
        """POST to a public URL, by default to the newest, through the tunnel. Raises OSError when the name is dead."""
        wanted = url or self.announced[-1]
        name = wanted.partition("://")[2]
        front = next((link.fronts[name] for link in self._links if name in link.fronts), None)
        if front is None:
            raise ConnectionRefusedError(f"no tunnel at {name}")
        reader, writer = await asyncio.open_connection("127.0.0.1", front.sockets[0].getsockname()[1])
        try:
            lines = f"POST {path} HTTP/1.1", f"Host: {name}", f"Content-Length: {len(body)}", "Connection: close"
            writer.write("\r\n".join((*lines, "", "")).encode() + body)
            await writer.drain()
            answer = await reader.read()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        head, _, rest = answer.partition(b"\r\n\r\n")
        if not head:
            raise ConnectionResetError("the tunnel gave no answer")
        return int(head.split()[1]), rest

    async def reported(self, url: str) -> None:
        """Note a URL that was just said."""
        async with self._heard:
            self.announced.append(url)
            self._heard.notify_all()

    async def take_port(self) -> int:
        """Return the port for the front of a new name; 0: any."""
        if not (self.keeps_url and self.fronts):
            return 0
        front = self.fronts.pop()
        port: int = front.sockets[0].getsockname()[1]
        front.close()
        await front.wait_closed()
        return port

    def linked(self, link: _Link) -> None:
        """Note a connection."""
        self.connections += 1
        self._links.append(link)

    def unlinked(self, link: _Link) -> None:
        """Forget a connection that ended."""
        if link in self._links:
            self._links.remove(link)


class _Link:
    """One ssh connection: its forward, its names, and the lines that it is owed."""

    def __init__(self, server: LocalhostRun, connection: asyncssh.SSHServerConnection) -> None:
        self.fronts: dict[str, asyncio.Server] = {}
        self.lines: asyncio.Queue[str | None] = asyncio.Queue()
        """What is to be said; None when there is nothing more."""
        self._server = server
        self._connection = connection
        self._form = server.form
        self._pumps: set[asyncio.Task[None]] = set()

    async def forwarded(self, form: Form) -> None:
        """The client asked for its forward."""
        self._form = form
        if form == "json":
            self.lines.put_nowait(json.dumps({"event": "authn", "message": "authenticated as anonymous user\n"}))
        elif form == "text":
            self.lines.put_nowait(_BANNER)
        if not self._server.silent:
            await self.rename()

    def refused(self) -> None:
        """The forward is not given."""
        if self._form == "cloudevents":
            self.lines.put_nowait(json.dumps(_cloud_event("rejected", "localhost/", "no free name")))

    async def rename(self) -> str:
        """Open a front with a new name, and say it; the names before it are dead."""
        front = await asyncio.start_server(self._carry, "127.0.0.1", await self._server.take_port())
        self._server.fronts.append(front)
        if self._server.loopback or self._server.keeps_url:
            name = f"127.0.0.1:{front.sockets[0].getsockname()[1]}"
            url = f"http://{name}"
            words = f"{name} tunneled without tls, {url}"
        else:
            name = f"{secrets.token_hex(7)}.lhr.life"
            url = f"https://{name}"
            words = f"{name} tunneled with tls termination, {url}"
        self.fronts = {name: front}
        self.lines.put_nowait(self._announcement(name, words))
        await self._server.reported(url)
        return url

    async def cut(self) -> None:
        """Without a word of goodbye."""
        self.closed()
        self._connection.abort()
        await self._connection.wait_closed()

    def closed(self) -> None:
        """Its names are dead."""
        self.fronts = {}
        for pump in self._pumps:
            pump.cancel()
        self.lines.put_nowait(None)

    def _announcement(self, name: str, words: str) -> str:
        if self._form == "text":
            return f"{words}\n\n{_QR}"
        if self._form == "cloudevents":
            return json.dumps(_cloud_event("accepted", f"localhost/{name}", f"{words}\n{_QR}"))
        return json.dumps(
            {
                "address": name,
                "authz_code": "OK",
                "connection_id": "1.2.3.4:5",
                "event": "tcpip-forward",
                "listen_host": "localhost",
                "listen_port": 80,
                "message": f"{words}\n{_QR}",
            }
        )

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not any(
            writer.get_extra_info("sockname") == front.sockets[0].getsockname() for front in self.fronts.values()
        ):
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._pumps.add(task)
        try:
            inner_reader, inner_writer = await self._connection.open_connection("localhost", 80, "203.0.113.7", 40_000)
            await asyncio.gather(
                _pump(reader.read, inner_writer.write, inner_writer.drain, inner_writer.write_eof),
                _pump(inner_reader.read, writer.write, writer.drain, writer.write_eof),
            )
            inner_writer.close()
        except (OSError, asyncssh.Error, asyncio.CancelledError):
            pass
        finally:
            self._pumps.discard(task)
            writer.close()


class _Server(asyncssh.SSHServer):
    def __init__(self, server: LocalhostRun) -> None:
        self._server = server
        self._link: _Link | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._link = _Link(self._server, conn)
        conn.set_extra_info(link=self._link)
        self._server.linked(self._link)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._link is not None:
            self._link.closed()
            self._server.unlinked(self._link)

    def begin_auth(self, username: str) -> bool:
        return self._server.wants_key or username != "nokey"

    def public_key_auth_supported(self) -> bool:
        return True

    async def server_requested(self, listen_host: str, listen_port: int) -> bool | asyncssh.SSHListener:
        assert self._link is not None
        if self._server.refuses_forwarding:
            self._link.refused()
            return False
        await self._link.forwarded(self._server.form)
        return _Listener()


class _Listener(asyncssh.SSHListener):
    """There is no socket behind it: the fronts are the link's."""

    def get_port(self) -> int:
        return 80

    def close(self) -> None:
        return

    async def wait_closed(self) -> None:
        return


async def _session(process: asyncssh.SSHServerProcess[str]) -> None:
    link: _Link = process.channel.get_connection().get_extra_info("link")
    while (line := await link.lines.get()) is not None:
        with contextlib.suppress(OSError):
            process.stdout.write(f"{line}\n")
    process.close()


def _cloud_event(outcome: str, name: str, data: str) -> dict[str, str]:
    return {
        "specversion": "1.0",
        "id": name,
        "type": f"v1.tcpip_forward.register.{outcome}",
        "source": "ssh://localhost.run/",
        "data": data,
    }


async def _pump(
    read: Callable[[int], Awaitable[bytes]],
    write: Callable[[bytes], None],
    drain: Callable[[], Awaitable[None]],
    end: Callable[[], None],
) -> None:
    while data := await read(65_536):
        write(data)
        await drain()
    with contextlib.suppress(OSError):
        end()


@contextlib.asynccontextmanager
async def echo_receiver() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A receiver on a free port of 127.0.0.1 and the bodies that it gets; it answers 200 with the body's length."""
    bodies: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))[15:])
        bodies.append(await reader.readexactly(length))
        said = str(length).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(said), said))
        await writer.drain()
        writer.close()

    async with tcp_server(answer) as port:
        yield port, bodies
