"""Bodies that break naive readers of JSON: named ones, and as many generated ones as are asked for."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

_EVENT = b'{"id": %b, "name": %b, "data": %b, "timestamp": %b}'

_VALUES = (
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"1e999",
    b"-1e999",
    b"1e-99999999999999999999",
    b"-0",
    b"0.1e+1",
    b"01",
    b"1" * 4300,
    b"1" * 4301,
    b"1" * 400,
    b"-" + b"9" * 320,
    b"9007199254740993",
    b"9" * 100 + b"." + b"9" * 100,
    b"true",
    b"null",
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\xed\xa0\x80"',
    b'"\xff\xfe"',
    b'"\xc0\xaf"',
    b'"\\u0000\\u001b]52;c;eA==\\u0007"',
    b'"\x00"',
    b'"\x1b[2J"',
    b'"\xc2\x9b31m"',
    b'"\xe2\x80\xae\xe2\x80\x8b\xef\xbb\xbf"',
    b'"[@click=app.quit]x[/]"',
    b'"' + b"a" * 5000 + b'"',
    b'"\\x"',
    b"'a'",
    b"[]",
    b"{}",
    b"[1,]",
    b'{"a":1,"a":2}',
    b'{"__proto__":{"a":1},"":"","\\ud83d":1}',
    b"// a comment\n1",
    b"",
)


def _deep(opening: bytes, closing: bytes, times: int) -> bytes:
    return opening * times + closing * times


NAMED: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \r\n\t" * 50,
    "nul": b"\0",
    "an open array": b"[" * 200_000,
    "arrays in arrays": _deep(b"[", b"]", 100_000),
    "objects in objects": _deep(b'{"a":', b"}", 50_000).replace(b":}", b":1}", 1),
    "as deep as the decoder goes": _deep(b"[", b"]", 900),
    "a long integer": b'{"id":' + b"9" * 4301 + b"}",
    "an integer that may still be text": b'{"id":' + b"9" * 4300 + b',"data":{"progress":' + b"9" * 4300 + b"}}",
    "a progress beyond double": b'{"id":1,"name":"ping","data":{"progress":1' + b"0" * 400 + b'},"timestamp":1}',
    "a timestamp beyond double": b'{"timestamp":1' + b"0" * 400 + b"}",
    "a million digits": b"[" + b"7" * 1_000_000 + b"]",
    "not a number": b'{"id":NaN,"name":"ping","data":{"progress":NaN},"timestamp":Infinity}',
    "twins": b'{"id":1,"id":2,"name":"a","name":"b","data":{"x":1,"x":2},"data":{},"timestamp":1,"timestamp":2}',
    "UTF-16": '{"id": 1, "name": "ping"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"id": 1}'.encode("utf-16-le"),
    "UTF-32": '{"id": 1}'.encode("utf-32"),
    "a byte order mark": b'\xef\xbb\xbf{"id":1,"name":"ping"}',
    "two byte order marks": b'\xef\xbb\xbf\xef\xbb\xbf{"id":1}',
    "a lone surrogate": b'{"id":"\\ud800","name":"\\udfff","data":{"job_id":"\\ud800","status":"\\ud83d"}}',
    "a surrogate in UTF-8": b'{"name":"\xed\xa0\x80"}',
    "latin-1": '{"name":"Größe"}'.encode("latin-1"),
    "gzip": bytes.fromhex("1f8b08000000000000ffab56ca4c51b232d4512acb4c49cd57b2aa5602aa04d3b500f5a2b7c51c000000"),
    "every byte": bytes(range(256)) * 8,
    "two documents": b'{"id":1}{"id":2}',
    "two lines": b'{"id":1}\n{"id":2}\n',
    "an id that is true": b'{"id":true,"name":["ping"],"data":[],"timestamp":"now"}',
    "an id of a megabyte": b'{"id":"' + b"x" * 1_000_000 + b'","name":"' + b"y" * 100_000 + b'"}',
    "many keys": b"{" + b",".join(b'"k%d":%d' % (number, number) for number in range(20_000)) + b"}",
    "a long key in a long key": b'{"' + b"k" * 100_000 + b'":{"' + b"l" * 100_000 + b'":1}}',
}


_LARGEST = 10 * 1024 * 1024
_BEGINNING, _END = b'{"id":1,"name":"ping","data":{"x":"', b'"},"timestamp":1}'

LARGEST: dict[str, Callable[[], bytes]] = {
    "a string": lambda: _BEGINNING + b"a" * (_LARGEST - len(_BEGINNING) - len(_END)) + _END,
    "numbers": lambda: b"[" + b"1," * (_LARGEST // 2 - 1) + b"1]",
    "objects": lambda: b"[" + b'{"a":1},' * (_LARGEST // 8 - 1) + b"{}]",
    "escapes": lambda: b'["' + b"\\u001b" * (_LARGEST // 6 - 2) + b'"]',
    "controls": lambda: b"\x1b" * _LARGEST,
    "openings": lambda: b"[" * _LARGEST,
    "digits": lambda: b"9" * _LARGEST,
    "quotes": lambda: b'"' * _LARGEST,
    "backslashes": lambda: b'["' + b"\\" * (_LARGEST - 4) + b'"]',
    "combining": lambda: b'["a' + "\u0301".encode() * ((_LARGEST - 6) // 2) + b'"]',
}
"""Make bodies of just the largest size, each on one line."""


def generated(chance: random.Random) -> bytes:
    """One body: an event made of odd values, sometimes broken, sometimes in another encoding."""
    kinds: tuple[Callable[[random.Random], bytes], ...] = (_event, _event, _tree, _mutated, _encoded, _noise)
    return chance.choice(kinds)(chance)


def _event(chance: random.Random) -> bytes:
    data = b'{"progress":%b,"job_id":%b,"status":%b,"processed_images":%b,"total_images":%b}'
    inner = data % tuple(chance.choice(_VALUES) for _ in range(5)) if chance.random() < 0.7 else chance.choice(_VALUES)
    number, name, moment = (chance.choice(_VALUES) for _ in range(3))
    if chance.random() < 0.5:
        number = str(chance.randrange(10**6)).encode()
    return _EVENT % (number, name, inner, moment)


def _tree(chance: random.Random) -> bytes:
    def value(depth: int) -> object:
        pick = chance.random()
        if depth > 5 or pick < 0.4:
            return chance.choice((None, True, 1.5, -1, 10**20, "\x1b]0;x\x07", "é" * 20, "\u202e", "", "[/]"))
        if pick < 0.7:
            return [value(depth + 1) for _ in range(chance.randrange(5))]
        return {chance.choice(("id", "name", "data", "\u200b", "a b", "[red]")): value(depth + 1) for _ in range(4)}

    return json.dumps(value(0), ensure_ascii=chance.random() < 0.5).encode()


def _mutated(chance: random.Random) -> bytes:
    body = bytearray(_event(chance) if chance.random() < 0.5 else _tree(chance))
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(body) + 1)
        match chance.randrange(3):
            case 0:
                body[place:place] = bytes([chance.randrange(256)])
            case 1:
                del body[place : place + chance.randrange(1, 9)]
            case _:
                body[place:place] = chance.choice((b'"', b"\\", b"{", b"]", b",", b"\\u", b"\n", b"e+", b"\0"))
    return bytes(body)


def _encoded(chance: random.Random) -> bytes:
    text = _tree(chance).decode()
    return text.encode(chance.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7")))


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 2, 7, 100, 5000, 100_000)))
