"""Requests of real clients that offer another protocol, as captured, with the bodies that they carry."""

from __future__ import annotations

_JAVA = (
    b"POST /h HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\n%sHost: 127.0.0.1:45603\r\n"
    b"HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\n%sUpgrade: h2c\r\n"
    b"User-Agent: Java-http-client/17.0.15\r\n\r\n"
)
_CURL = (
    b"POST /h HTTP/1.1\r\nHost: 127.0.0.1:45603\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
)
OFFERS: dict[str, tuple[bytes, bytes]] = {
    "OpenJDK 17.0.15 HttpClient": (
        _JAVA % (b"Content-Length: 11\r\n", b"") + b'{"hello":1}',
        b'{"hello":1}',
    ),
    "OpenJDK 17.0.15 HttpClient, no length": (
        _JAVA % (b"", b"Transfer-encoding: chunked\r\n") + b'b\r\n{"hello":1}\r\n0\r\n\r\n',
        b'{"hello":1}',
    ),
    "curl 7.88.1 --http2": (
        _CURL + b'Content-Length: 11\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n{"hello":1}',
        b'{"hello":1}',
    ),
    "curl 7.88.1 --http2, chunked": (
        _CURL + b'Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nc\r\n{"hello":1}\n\r\n0\r\n\r\n',
        b'{"hello":1}\n',
    ),
    "RFC 6455, 1.2": (
        (
            b"GET /h HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ),
        b"",
    ),
    "RFC 9110, 7.8": (
        (
            b"POST /h HTTP/1.1\r\nHost: www.example.com\r\nConnection: upgrade\r\n"
            b"Upgrade: websocket, IRC/6.9, RTA/x11\r\nContent-Length: 3\r\n\r\nabc"
        ),
        b"abc",
    ),
    "TLS within HTTP (RFC 2817)": (
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nUpgrade: TLS/1.0\r\nConnection: keep-alive, Upgrade \t\r\n\r\n",
        b"",
    ),
}
