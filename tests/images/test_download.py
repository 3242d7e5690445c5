"""Downloads from a server on loopback, which is the local origin here; everything else is blocked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.tcp_server import tcp_server
from webhook_tui.domain.errors import ProblemError
from webhook_tui.images.download import Download, download, is_public

ANSWERS = {
    "/ok": b"HTTP/1.1 200 OK\r\nContent-Type: image/png; q=1\r\nContent-Length: 5\r\n\r\nimage",
    "/unknown-length": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nimage",
    "/here": b"HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n",
    "/loop": b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",
    "/there": b"HTTP/1.1 302 Found\r\nLocation: https://other.example.net/ok\r\nContent-Length: 0\r\n\r\n",
    "/large": b"HTTP/1.1 200 OK\r\nContent-Length: 31000000\r\n\r\n",
    "/endless": b"HTTP/1.1 200 OK\r\n\r\n" + bytes(20_000_001),
    "/expired": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    "/gone": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "/down": b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n",
    "/other": b"SSH-2.0-server\r\n\r\n",
    "/nowhere": b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\nContent-Length: 0\r\n\r\n",
}


@asynccontextmanager
async def server(requests: list[bytes]) -> AsyncIterator[str]:
    """Yield the origin of a server that gives those answers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWERS[requests[-1].split()[1].decode()])
        await writer.drain()
        writer.close()

    async with tcp_server(serve) as port:
        yield f"http://127.0.0.1:{port}"


async def test_downloads_and_failures() -> None:
    """Each failure is one sentence; the request names no account."""
    requests: list[bytes] = []
    progress: list[tuple[int, int | None]] = []
    async with server(requests) as origin:

        async def get(path: str) -> Download | str:
            try:
                return await asyncio.to_thread(
                    download, origin + path, local_origin=origin, on_progress=lambda *one: progress.append(one)
                )
            except ProblemError as error:
                return error.problem.message

        assert await get("/ok") == Download(b"image", "image/png")
        assert progress == [(5, 5)]
        assert b"authorization" not in requests[0].lower()
        assert await get("/unknown-length") == Download(b"image", "")
        assert progress[-1] == (5, None)
        assert await get("/here") == Download(b"image", "image/png")
        assert await get("/loop") == "Not loaded: more than 3 redirects."
        assert await get("/there") == "Blocked: 127.0.0.1 redirects to other.example.net."
        assert await get("/large") == "Not loaded: 31 MB; the limit is 20 MB."
        assert await get("/endless") == "Not loaded: more than 20 MB; the limit is 20 MB."
        assert await get("/expired") == "The link has expired or is not public (403)."
        assert await get("/gone") == "The image is gone (404)."
        assert await get("/down") == "The server answered 503 in place of the image."
        assert "cannot be reached" in str(await get("/other"))
        assert "cannot be reached" in str(await get("/nowhere"))
    assert "cannot be reached" in str(await get("/ok"))


@pytest.mark.parametrize(
    ("url", "addresses", "message"),
    [
        ("http://cdn.example.com/a.png", ["8.8.8.8"], "Blocked: the link is not https."),
        ("http://127.0.0.1:2/a.png", ["8.8.8.8"], "Blocked: the link is not https."),
        ("https://127.0.0.1/", ["127.0.0.1"], "Blocked: 127.0.0.1 is an address of your own network."),
        (
            "https://cdn.local/",
            ["8.8.8.8", "192.168.1.20"],
            "Blocked: cdn.local is 192.168.1.20, an address of your own network.",
        ),
        (
            "https://cdn.example.com:99999/",
            ["8.8.8.8"],
            "cdn.example.com cannot be reached (Port out of range 0-65535).",
        ),
    ],
)
def test_what_is_blocked(url: str, addresses: list[str], message: str) -> None:
    """Before anything is sent; one address that is not public is enough."""
    with pytest.raises(ProblemError) as caught:
        download(url, local_origin="http://127.0.0.1:1", resolve=lambda _host, _port: addresses)

    assert caught.value.problem.message == message


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    """Also an IPv4 address that is translated."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.1.20", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a01:203", "2002:7f00:1::", "2002:c0a8:114::1"),
        *("::7f00:1", "::ffff:0:7f00:1", "fec0::1"),
        *("2001:0:4136:e378:8000:63bf:3f57:fefe", "localhost", "", "0x7f.1", "127.1"),
    ],
)
def test_other_addresses(address: str) -> None:
    """Of this machine, of a network, shared, reserved, multicast, unspecified, also inside another; and no address."""
    assert not is_public(address)
