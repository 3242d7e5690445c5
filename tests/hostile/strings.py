"""Strings that would take over a terminal or an interface if they appeared raw: named ones and generated ones."""

from __future__ import annotations

import random

NAMED: tuple[str, ...] = (
    "\x1b[2J\x1b[H",
    "\x1b[31mred\x1b[0m",
    "\x1b[6n",
    "\x1b[?1049l",
    "\x1b[?25l\x1b[8m",
    "\x1b[5;1H\x1b[K",
    "\x1bc",
    "\x1b(0lqk\x1b(B",
    "\x1b#8",
    "\x1b]0;title\x07",
    "\x1b]2;title\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]52;c;ZXZpbA==\x1b\\",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]1337;File=:AAAA\x07",
    "\x1b]777;notify;a;b\x07",
    "\x1b]4;1;?\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1bP0;0|0a\x1b\\",
    "\x1b_Gf=24;AAAA\x1b\\",
    "\x1b^pm\x1b\\",
    "\x1bX sos \x1b\\",
    "\x1b",
    "\x9b31mred",
    "\x9d52;c;ZXZpbA==\x9c",
    "\x90+q\x9c",
    "\x84\x85\x88\x8d\x98\x9e\x9f",
    "\x00\x01\x02\x03\x04\x05\x06",
    "\x07\x07",
    "\x08\x08\x08\x08over",
    "\x0b\x0c\x0e\x0f",
    "a\rb",
    "a\nb",
    "a\r\nX-Injected: 1",
    "\t\t\t",
    "\x7f\x7f",
    "\x85\u2028\u2029",
    "\u202egnp.exe",
    "\u202a\u202b\u202c\u202d",
    "\u2066\u2067\u2068\u2069",
    "\u061c\u200e\u200f",
    "zero\u200bwidth\u200c\u200d\u2060",
    "\ufeff\ufffe",
    "\u00ad\u034f\u115f\u1160\u3164\uffa0\u2800",
    "\U000e0041\U000e0042\U000e007f",
    "\ufe0f\ufe0e\U000e0100",
    "\ufff9a\ufffab\ufffb",
    "\U0001d173\U0001d17a",
    "\U00013430",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034dA",
    "\u20dd\u20de\u20e0",
    "\ue000\uf8ff\U000f0000",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea",
    "\u65e5\u672c\u8a9e\uff28",
    "\u0647\u0644\u0627 \u05d0\u05d1\u05d2",
    "[/]",
    "[/bold]",
    "[red]a[/blue]",
    "[@click=app.quit]x[/]",
    "[@click=app.leave]x[/]",
    "[@click='app.leave()']x[/]",
    "[link=https://evil.example]L[/link]",
    "[link='https://evil.example']L[/]",
    "[on red][blink]x",
    "[$primary]x[/]",
    "[[x]]\\[x]",
    "[",
    "\\",
    "\\[/]",
    "{0}{a.__class__}%s%n%(x)s",
    "${HOME}`id`$(id)",
    "{again}",
    ":warning: :smile:",
    "https://evil.example/x?a=b",
    "javascript:alert(1)",
    "<a href=x onclick=y>z</a>",
    "@/etc/passwd",
    "=cmd|' /C calc'!A0",
    "../../../etc/passwd",
    "'; DROP TABLE deliveries; --",
    "\ud800",
    "x" * 3000,
)

_PARTS = (
    *NAMED,
    *(f"\x1b{final}" for final in "78DEHMNOZ=>"),
    *(f"\x1b[{number}{final}" for number in ("", "1", "99", "?1", ">c", "0;0") for final in "ABCDGHJKLMPSTXchlmnqrsu"),
    *(f"\x1b]{number};x\x07" for number in (0, 1, 4, 7, 9, 10, 11, 52, 104, 133)),
    *(chr(code) for code in range(0x20)),
    *(chr(code) for code in range(0x7F, 0xA0)),
)


def strings(count: int) -> list[str]:
    """The first `count`: the named ones, then as many as are wanted that are made of their parts."""
    made = list(NAMED[:count])
    chance = random.Random(500)
    while len(made) < count:
        made.append("".join(chance.choice(_PARTS)[:200] for _ in range(chance.randrange(1, 5))))
    return made


def as_header(text: str) -> bytes:
    """The string as a header may hold it: its C0 controls, which the parser refuses, as C1 in one byte or in UTF-8."""
    changed = "".join(
        chr(ord(character) | 0x80) if ord(character) < 0x20 or ord(character) == 0x7F else character
        for character in text
    )
    if all(ord(character) < 256 for character in changed) and len(text) % 2:
        return changed.encode("latin-1")
    return changed.encode("utf-8", "surrogatepass")


def as_target(text: str) -> bytes:
    """The string as a query may hold it: what the parser refuses is left out."""
    return bytes(byte for byte in text.encode("utf-8", "surrogatepass") if 0x20 < byte < 0x7F)
