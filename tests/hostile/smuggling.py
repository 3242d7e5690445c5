"""Requests that two parsers may read as different ones: what must be refused whole, and what is odd but clear."""

from __future__ import annotations

_TWO = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nsmuggled"
"""Stands where the first request's body is, or may be."""

_OFFER = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk")
"""Is ignored: what is refused without it is refused with it."""


def _head(*lines: bytes, first: bytes = b"POST %s HTTP/1.1") -> bytes:
    return b"\r\n".join((first, b"Host: x", *lines, b"", b""))


_CODINGS = (
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: chunked;q=1",
    b"Transfer-Encoding: chunked identity",
    b'Transfer-Encoding: "chunked"',
    b"Transfer-Encoding: chunke",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: ,chunked",
    b"Transfer-Encoding: chunked,",
    b"Transfer-Encoding: gzip",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding:",
    b"Transfer-Encoding : chunked",
    b" Transfer-Encoding: chunked",
    b"Transfer-Encoding\t: chunked",
    b"Transfer-Encoding:\x0bchunked",
    b"Transfer-Encoding: chunked \x0b",
    b"Transfer-Encoding: chunked\t\t;",
    b"Transfer-Encoding: chunked\r\n\t",
    b"Transfer-Encoding: chunked\t\n",
    b"Transfer-Encoding: chunked\t\r",
    b"Transfer-Encoding \t\r\n",
    b"Transfer-Encoding:\r\n chunked",
    b"Transfer-Encoding\x00: chunked",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5",
    b"X: y\rTransfer-Encoding: chunked",
    b"X: y\nTransfer-Encoding: chunked",
    b"X: y\n\tTransfer-Encoding: chunked",
)
_LENGTHS = (
    b"Content-Length: +5",
    b"Content-Length: -5",
    b"Content-Length: -0",
    b"Content-Length: 5 5",
    b"Content-Length: 5, 5",
    b"Content-Length: 5,6",
    b"Content-Length: 0x5",
    b"Content-Length: 5.0",
    b"Content-Length: 5e0",
    b"Content-Length: 5_0",
    b"Content-Length: \xd9\xa5",
    b"Content-Length: \xb2",
    b"Content-Length: 99999999999999999999999999999999",
    b"Content-Length: 18446744073709551617",
    b"Content-Length: five",
    b"Content-Length:",
    b"Content-Length : 5",
    b"Content-Length: 5\r\nContent-Length: 6",
    b"Content-Length: 0\r\nContent-Length: 5",
    b"Content-Length: 5\r\ncontent-length: 0",
    b"Content-Length: 5\r\n 0",
    b"Content-Length: 5\x00",
    b"Content-Length: 5;",
)
_CHUNKED = _head(b"Transfer-Encoding: chunked")
_CHUNKS = (
    b"+5\r\nhello\r\n0\r\n\r\n",
    b"5_\r\nhello\r\n0\r\n\r\n",
    b"5 5\r\nhello\r\n0\r\n\r\n",
    b"\t5\r\nhello\r\n0\r\n\r\n",
    b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    b"FFFFFFFFFFFFFFFB\r\nhello\r\n0\r\n\r\n0",
    b"5\r\nhello0\r\n\r\n",
    b"5\r\nhelloo\r\n0\r\n\r\n",
    b"5\rhello\r\n0\r\n\r\n",
    b"5\r\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhello\n0\r\n\r\n",
    b";\r\nhello\r\n0\r\n\r\n",
    b"\x00\r\n\r\n",
    b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    b"0\n\n",
    b"0\r\nX: a\r\n b\r\n\r\n",
    b"0\r\nX : a\r\n\r\n",
    b"0\r\nX: \x00\r\n\r\n",
    b"0\r\n\x01: a\r\n\r\n",
)
_LINES = (
    b"POST %s\r\n",
    b"POST %s HTTP/0.9",
    b"POST %s HTTP/1.2",
    b"POST %s HTTP/2.0",
    b"POST %s HTTP/1.1 ",
    b"POST %s HTTP/1.1\t",
    b"x:POST %s HTTP/1.1\t",
    b"POST %s HTTP/1.1x",
    b"POST %s http/1.1",
    b"POST %s HTTP/01.1",
    b"POST\t%s\tHTTP/1.1",
    b" POST %s HTTP/1.1",
    b"post %s HTTP/1.1",
    b"P\x00ST %s HTTP/1.1",
    b"POST %s\x00 HTTP/1.1",
    b"POST %s\x7f HTTP/1.1",
    b"POST %s\xff HTTP/1.1",
    b"POST %s x HTTP/1.1",
    b"POST * HTTP/1.1",
    b"POST x:443 HTTP/1.1",
    b"CONNECT x:443 HTTP/1.1",
    b"POST http:/%s HTTP/1.1",
    b"POST http://x:x%s HTTP/1.1",
    b"POST http://%s HTTP/1.1",
    b"POST //x%s HTTP/1.1",
    b"POST \\%s HTTP/1.1",
    b"POST file://%s HTTP/1.1",
    b"PRI * HTTP/2.0",
)
_NAMES = (
    b": empty",
    b"a b: c",
    b"a(b): c",
    b"a\x00: c",
    b"a\x7f: c",
    b"\xc3\xa9: c",
    b"a\x0b: c",
    b"no colon",
    b"\r: c",
    b"a: \x00",
    b"a: \x08",
    b"a: b\rc",
    b"Host: y",
    b"Host:",
    b"host: y",
)

REFUSED: tuple[bytes, ...] = (
    *(_head(coding) + b"5\r\nhello\r\n0\r\n\r\n" for coding in _CODINGS),
    *(_head(length) + b"hello" for length in _LENGTHS),
    *(_CHUNKED + chunks for chunks in _CHUNKS),
    *(_head(b"Content-Length: 5", first=line) + b"hello" for line in _LINES),
    *(_head(name, b"Content-Length: 5") + b"hello" for name in _NAMES),
    b"POST %s HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
    b"POST %s HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\n\n\r\r\n\rPOST %s HTTP/1.1\nHost: x\n\n",
    b"\0" + _head(b"Content-Length: 5") + b"hello",
    _head(b"Expect: 100-continue", b"Content-Length: 5", b"Content-Length: 6"),
    *(_head(*_OFFER, length) + b"hello" for length in _LENGTHS),
    *(_head(*_OFFER, coding) + b"5\r\nhello\r\n0\r\n\r\n" for coding in _CODINGS),
    *(_head(*_OFFER, b"Transfer-Encoding: chunked") + chunks for chunks in _CHUNKS),
    *(_head(*_OFFER, name, b"Content-Length: 5") + b"hello" for name in _NAMES),
    _head(b"Connection: Upgrade", b"Upgrade: h2c\r\n Content-Length: 5", b"Content-Length: 5") + b"hello",
    _head(b"Connection: Upgrade", b"Upgrade: \x00", b"Content-Length: 5") + b"hello",
    _head(*_OFFER, first=b"CONNECT x:443 HTTP/1.1"),
)
"""Each with a `%s` where the hook's path belongs: never 2xx, and nothing of it is a delivery."""

CLEAR: tuple[tuple[bytes, tuple[bytes, ...]], ...] = (
    (_head(b"tRANSFER-eNCODING: \t CHUNKED") + b"5\r\nhello\r\n0\r\n\r\n", (b"hello",)),
    (_CHUNKED + b'005;a=1;b="c;d"\r\nhello\r\n000;x\r\nX-Late: 1\r\n\r\n', (b"hello",)),
    (_CHUNKED + b"1\r\nh\r\n4\r\nello\r\n0\r\n\r\n" + _head(b"Content-Length: 1") + b"!", (b"hello", b"!")),
    (_head(b"Content-Length: 5", first=b"POST  %s  HTTP/1.1") + b"hello", (b"hello",)),
    (b"\r\n\r\n" + _head(b"Content-Length: 5") + b"hello", (b"hello",)),
    (_head(b"content-LENGTH:005 ") + b"hello", (b"hello",)),
    (_head() + _head(b"Content-Length: 0") + _head(b"Content-Length: 2") + b"hi", (b"", b"", b"hi")),
    (_head(b"Expect: 100-Continue", b"Content-Length: 5") + b"hello", (b"hello",)),
    (_head(b"!#$%%&'*+-.^_`|~09aZ: odd but right", b"Content-Length: 5") + b"hello", (b"hello",)),
    (_head(b"Content_Length: 99", b"Transfer_Encoding: chunked", b"Content-Length: 5") + b"hello", (b"hello",)),
    (_head(b"Content-Length: 5", first=b"POST http://[::1]:1%s?a#b HTTP/1.1") + b"hello", (b"hello",)),
    (b"POST %s HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", (b"hello",)),
    (b"POST %s HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello", (b"hello",)),
    (_head(b"Transfer-Encoding: chunked \t") + b"5\r\nhello\r\n0\r\n\r\n", (b"hello",)),
    (
        _head(b"Transfer-Encoding: chunked\t") + b"5\r\n\r\n\r\n\t\r\n0\r\nX: y\t\r\n\r\n" + _head(),
        (b"\r\n\r\n\t", b""),
    ),
    (_head(b"Content-Length: 5\t") + b"a \r\n\t", (b"a \r\n\t",)),
    (_head(*_OFFER, b"Content-Length: 5") + b"hello" + _head(*_OFFER), (b"hello", b"")),
    (_head(*_OFFER, b"Transfer-Encoding: chunked\t") + b"5\r\nhello\r\n0\r\n\r\n" + _head(*_OFFER), (b"hello", b"")),
    (
        _head(b"Connection: Upgrade", b"Upgrade: websocket", b"Expect: 100-continue", b"Content-Length: 1") + b"!",
        (b"!",),
    ),
    (_head(b"Upgrade: h2c", b"Content-Length: 5") + b"hello", (b"hello",)),
)
"""Odd requests that have one meaning only, and their bodies."""


def with_a_second(case: bytes, hook: bytes) -> bytes:
    """A case as it is sent, and after it what must not be read as a request of its own."""
    return case.replace(b"%s", hook).replace(b"%%", b"%") + _TWO.replace(b"%s", hook)


def alone(case: bytes, hook: bytes) -> bytes:
    """A case as it is sent, and then a request that ends the connection without being a delivery."""
    last = b"GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    return case.replace(b"%s", hook).replace(b"%%", b"%") + last
