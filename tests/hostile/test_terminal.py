"""Hostile strings through every view of the real program in a real pseudo-terminal, and the output, byte for byte.

`HOSTILE_STRINGS=500` is the large run.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.hostile.pty_bytes import COPY, assert_clean
from tests.hostile.strings import NAMED, as_header, as_target, strings
from tests.integration.deliveries import post
from tests.integration.terminal import Terminal, terminal
from tests.session.running import TOKEN, sandbox_of
from webhook_tui.domain.delivery.text import is_harmless

STRINGS = int(os.environ.get("HOSTILE_STRINGS", "12"))
TABS = ("Payload", "Headers", "Signature", "Raw")


def chosen() -> list[str]:
    """All of them in the large run; otherwise some of every kind."""
    if len(NAMED) <= STRINGS:
        return strings(STRINGS)
    return list(NAMED[:: max(1, len(NAMED) // STRINGS)])[:STRINGS]


@dataclass(frozen=True, slots=True)
class Sample:
    """One string everywhere in one delivery, each time between angle brackets and after a word to wait for."""

    number: int
    text: str

    @property
    def word(self) -> str:
        """Stands before it in the body."""
        return f"K{self.number:04}q"

    @property
    def body(self) -> bytes:
        """JSON with escapes, JSON with the characters themselves, or what is JSON but for raw controls in strings."""
        inner = f"{self.word}<{self.text}>"
        match self.number % 3:
            case 0:
                return _dumps(inner, self.text, ensure_ascii=True)
            case 1:
                return _dumps(inner, self.text, ensure_ascii=False)
            case _:
                plain = _dumps("%1", "%2", ensure_ascii=True).decode()
                return plain.replace("%1", inner).replace("%2", self.text).encode("utf-8", "surrogatepass")

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Event, signature, a header of no meaning, and one that claims who sent it."""
        raw = b"<" + as_header(self.text)[:200] + b">"  # longer ones push the words to wait for off the screen
        mark = f"{self.number:04}".encode()
        return [
            (b"X-Webhook-Event", b"e" + mark + raw),
            (b"X-Webhook-Signature", b"sig" + mark + raw),
            (b"X-Note", b"hdr" + mark + raw),
            (b"X-Forwarded-For", raw),
            (b"X-!#$%&'*+.^_`|~", raw),
        ]

    def is_shown(self, tab: str) -> Callable[[str], object]:
        """What the screen has when a tab shows this delivery; flags may move its number off the screen."""
        return self._is_shown(tab, "")

    def is_shown_as(self, seq: int, tab: str) -> Callable[[str], object]:
        """The same for another attempt of it."""
        return self._is_shown(tab, f"  #{seq}")

    def _is_shown(self, tab: str, number: str) -> Callable[[str], object]:
        raw = f'{{"id":"{self.word}'
        mark = f"{self.number:04}"
        dumped = f"  {mark}q<"
        words = {
            "Payload": (f'"id": "{self.word}', raw, dumped),
            "Headers": (f"hdr{mark}",),
            "Signature": (f"sig{mark}",),
            "Raw": (raw, dumped),
        }[tab]
        return lambda screen: any(word in screen for word in words) and number in screen


def _dumps(inner: str, text: str, *, ensure_ascii: bool) -> bytes:
    data = {"job_id": f"<{text}>", "status": f"<{text}>", f"<{text}>": [f"<{text}>"]}
    event = {"id": inner, "name": inner, "data": data, "timestamp": 1}
    return json.dumps(event, ensure_ascii=ensure_ascii, separators=(",", ":")).encode("utf-8", "surrogatepass")


async def _look_at(screen: Terminal, sample: Sample) -> None:
    """Every tab, from left to right and the next time from right to left; markup stands there as it was sent."""
    backwards = sample.number % 2 == 1
    for tab in reversed(TABS) if backwards else TABS:
        if tab != (TABS[-1] if backwards else TABS[0]):
            screen.press("[" if backwards else "]")
        await screen.until(sample.is_shown(tab))
        if tab == "Raw" and sample.text.startswith("[") and "\\" not in sample.text and sample.text.isprintable():
            assert f"{sample.word}<{sample.text}"[:22] in screen.screen
    if "@click" in sample.text:
        if sample.word in screen.screen:
            screen.click(sample.word)
            await screen.gone("enter Detail")
        screen.click(f"  {sample.number}  ")  # back to the table: following waits while the detail has the focus
        await screen.until("enter Detail")


async def _copy(screen: Terminal) -> None:
    before = len(COPY.findall(screen.output))
    await screen.pressing("y", "Copy enter")
    await screen.dialog("Copy enter")
    screen.press("enter")
    await screen.until(lambda _: len(COPY.findall(screen.output)) > before)
    await screen.until("enter Detail")


@pytest.mark.timeout(1800)
async def test_deliveries_in_every_view() -> None:
    """Table, headline, payload, headers, signature, raw, attempts, copies, addresses, help and title."""
    texts = chosen()
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal(
            *("--port", "0", "--tunnel", "none", "--api-url", api_url, "--ephemeral"), PIKTID_TOKEN=TOKEN.reveal()
        ) as screen,
    ):
        await screen.until("✓ valid")
        assert sandbox.registry.current is not None
        url = sandbox.registry.current.url
        for number, text in enumerate(texts, start=2):
            sample = Sample(number, text)
            query = as_target(text).decode()
            assert await post(f"{url}?<{query}>".replace("#", ""), sample.body, sample.headers) == 200
            await _look_at(screen, sample)
            assert await post(f"{url}/unmatched?{query}".replace("#", ""), b"") == 404
        assert await post(url, sample.body, sample.headers) == 200
        await screen.until(f"  #{sample.number + 1}")
        screen.press(*("]" * (len(TABS) if sample.number % 2 else 1)))
        await screen.until("attempt   time")
        await screen.pressing("[", sample.is_shown_as(sample.number + 1, "Raw"))
        screen.press("[")
        await screen.until(sample.is_shown_as(sample.number + 1, "Signature"))
        await _copy(screen)
        screen.press(":")
        await screen.dialog("Addresses in full")
        screen.type("addresses")
        screen.press("enter")
        await screen.dialog("Copy hook h")
        await screen.pressing("esc", "enter Detail")
        screen.press("?")
        await screen.dialog("why this verdict")
        await screen.pressing("esc", "enter Detail")
        screen.press("q")
        assert await screen.ended() == 0
    copies = COPY.findall(screen.output)
    assert len(copies) == 1
    for copy in copies:
        assert all(is_harmless(character) for character in base64.b64decode(copy).decode() if character != "\n")
    assert_clean(bytes(screen.output), texts)
