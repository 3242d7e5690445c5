"""Generated HTTP/1.1 as it may come over the public tunnel: right, odd but right, and wrong in every way we know."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.hostile.documents import generated
from tests.hostile.smuggling import REFUSED, with_a_second


@dataclass(frozen=True, slots=True)
class ForwardResult:
    """The bytes for one connection."""

    data: bytes
    bodies: tuple[bytes, ...] | None
    """What must be recorded, in order, when all of it is right; None: it is broken, so at most what stands in it."""
    most: int = 99
    """How many deliveries may be read out of it at most."""


_NAMES = (
    b"X-Webhook-Signature",
    b"X-Webhook-Event",
    b"x-webhook-event",
    b"Content-Type",
    b"Cookie",
    b"X-A!#$%&'*+.^_`|~",
)
_VALUES = (
    b"",
    b"ping",
    b"sha256=" + b"0" * 64,
    b"sha256=\xc3\xa9",
    b"[@click=app.quit]x[/]",
    b"\xc2\x9b31m\xe2\x80\xae",
    b"\xff\xfe\x80",
    b"a\tb",
    b"application/json; charset=utf-16",
    b"v" * 3000,
)
_EXTENSIONS = (b"", b";a", b";a=b", b';a="b"', b";" + b"x" * 300)
_BREAKERS = (
    b"\r",
    b"\n",
    b"\0",
    b"\r\n\r\n",
    b"\x1b[2J",
    b"\r\n folded",
    b"\r\nContent-Length: 3",
    b"\r\nContent-Length: 99999999999999999999999999",
    b"\r\nContent-Length: -1",
    b"\r\nContent-Length: 0x10",
    b"\r\nContent-Length: 1_0",
    b"\r\nTransfer-Encoding: chunked",
    b"\r\nTransfer-Encoding : chunked",
    b"\r\nTransfer-Encoding: xchunked",
    b"\r\nTransfer-Encoding: chunked, identity",
    b"\r\nTransfer-Encoding:\x0bchunked",
    b"\r\nHost: other",
    b"\r\nUpgrade: websocket\r\nConnection: Upgrade",
    b"\r\nExpect: 200-ok",
    b"FFFFFFFFFFFFFFFFF\r\n",
    b" ;x=1",
    b"-1\r\n",
    b"0x5\r\n",
    b"\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\r\nPOST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz",
)


def generated_request(chance: random.Random, hook: bytes) -> ForwardResult:
    """One connection's worth."""
    pick = chance.random()
    if pick < 0.35:
        return _right(chance, hook)
    if pick < 0.85:
        return _broken(chance, hook)
    if pick < 0.95:
        return ForwardResult(_changed(chance, with_a_second(chance.choice(REFUSED), hook)), None)
    return ForwardResult(chance.randbytes(chance.choice((1, 10, 1000, 40_000))), None, 0)


def document_request(chance: random.Random, hook: bytes) -> ForwardResult:
    """A valid request with a hostile JSON body and no signature."""
    body = generated(chance)
    return ForwardResult(_message(chance, hook, body, last=True, plain=True), (body,))


def _right(chance: random.Random, hook: bytes) -> ForwardResult:
    count = chance.choice((1, 1, 1, 2, 3))
    bodies = tuple(_body(chance) for _ in range(count))
    data = b"".join(_message(chance, hook, body, last=number == count - 1) for number, body in enumerate(bodies))
    return ForwardResult(data, bodies)


def _broken(chance: random.Random, hook: bytes) -> ForwardResult:
    right = _right(chance, hook)
    data = bytearray(right.data)
    head_end = data.index(b"\r\n\r\n") if chance.random() < 0.7 else len(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        place = chance.randrange(min(head_end, len(data)) + 1)
        match chance.randrange(5):
            case 0:
                data[place:place] = chance.choice(_BREAKERS).replace(b"%s", hook)
            case 1:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 2:
                del data[place : place + chance.randrange(1, 30)]
            case 3:
                line = data.rfind(b"\r\n", 0, place)
                if line > 0:
                    data[line:line] = chance.choice(_BREAKERS).replace(b"%s", hook)
            case _:
                data[:] = data.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n")), chance.randrange(1, 4))
    return ForwardResult(bytes(data), None)


def _changed(chance: random.Random, data: bytes) -> bytes:
    """As it is, or with one byte put in, taken out or exchanged."""
    place, width = chance.randrange(len(data)), chance.randrange(2)
    put = bytes([chance.choice(b"\r\n\t :;,0\x00\xff")]) if chance.random() < 0.5 else b""
    return data if chance.random() < 0.3 else data[:place] + put + data[place + width :]


def _body(chance: random.Random) -> bytes:
    return generated(chance) if chance.random() < 0.5 else chance.randbytes(chance.choice((0, 1, 64, 5000)))


def _message(chance: random.Random, hook: bytes, body: bytes, *, last: bool, plain: bool = False) -> bytes:
    target = hook if plain else chance.choice((hook, hook, hook + b"?a=%20%00&b=[/]", b"http://evil.example" + hook))
    lines = [b"POST " + target + b" HTTP/1.1", chance.choice((b"Host: x", b"hOsT:x", b"HOST: \t x \t"))]
    if not plain:
        lines += [
            chance.choice(_NAMES) + b":" + chance.choice((b" ", b"", b"\t")) + chance.choice(_VALUES)
            for _ in range(chance.randrange(8))
        ]
    if last:
        lines.append(b"Connection: close")
    if chance.random() < 0.1:
        lines.append(b"Expect: 100-continue")
    if not plain and chance.random() < 0.4:
        lines.append(chance.choice((b"Transfer-Encoding: chunked", b"transfer-encoding:  Chunked")))
        return b"\r\n".join((*lines, b"", b"")) + _chunks(chance, body)
    lines.append(b"Content-Length: " + chance.choice((b"", b"000")) + str(len(body)).encode())
    return b"\r\n".join((*lines, b"", b"")) + body


def _chunks(chance: random.Random, body: bytes) -> bytes:
    out = b""
    while body:
        size = chance.randrange(1, len(body) + 1)
        digits = format(size, chance.choice(("x", "X", "08x"))).encode()
        out += digits + chance.choice(_EXTENSIONS) + b"\r\n" + body[:size] + b"\r\n"
        body = body[size:]
    trailers = chance.choice((b"", b"X-Webhook-Signature: late\r\n", b"X-Webhook-Event: late\r\nHost: y\r\n"))
    return out + b"0" + chance.choice(_EXTENSIONS) + b"\r\n" + trailers + b"\r\n"
