"""The list of the signing secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from textual.timer import Timer

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.ring import RING
from tests.ui.stage import STACKED, Stage, stage
from webhook_tui.domain.commands import (
    RemoveSecret,
)
from webhook_tui.domain.events import (
    SecretRingChanged,
)
from webhook_tui.domain.queries import ListSecrets, RevealSecret
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import RingEntry
from webhook_tui.ui.dialogs.secrets.ring import SecretsDialog


@asynccontextmanager
async def listed(entries: tuple[RingEntry, ...] = RING) -> AsyncIterator[Stage]:
    """The dialog of the ring, filled."""
    session = FakeSession(replace(RUNNING, ring_place="file, 0600"), mock_up_rows())
    async with stage(session, size=STACKED) as played:
        await played.press("S")
        await played.requested(ListSecrets())
        session.answer(ListSecrets(), entries)
        await played.until(f"{len(entries)} in the ring")
        yield played


async def test_the_ring_is_listed_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The origin of each and its use; one is revealed until the next key or for ten seconds."""
    elapsed: list[Callable[[], Any]] = []
    set_timer = SecretsDialog.set_timer

    def recording(dialog: SecretsDialog, delay: float, callback: Callable[[], Any], **options: Any) -> Timer:
        if delay == 10:
            elapsed.append(callback)
        return set_timer(dialog, delay, callback, **options)

    monkeypatch.setattr(SecretsDialog, "set_timer", recording)
    async with listed() as played:
        assert played.dialog_lines() == [
            "Signing secrets                               5 in the ring · file, 0600",
            "id    from                 since       used for                verifies",
            f"▌▌ {RING[0].short_id}  registered           14:19:02    current                 8",
            f"{RING[1].short_id}  registered           14:02:09    until 14:19:02          1",
            f"{RING[2].short_id}  added with p         12 Nov      every run               3",
            f"{RING[3].short_id}  --secret-file        14:02:09    this run only           0",
            f"{RING[4].short_id}  an earlier version   14:02:09    nothing                 0",
            f"{RING[0].short_id}  •••••••  7 characters",
            "The id is the start of its SHA-256 and does not reveal it.",
            "PiktID shows a secret once, when the webhook is registered.",
            "  Close esc      Reveal 10 s r      Copy c      Add p      Remove D",
        ]

        await played.press("j", "r")
        await played.requested(RevealSecret(RING[1].secret_id))
        played.session.answer(RevealSecret(RING[1].secret_id), Secret("former"))
        await played.until(f"{RING[1].short_id}  former  6 characters")
        await played.press("r")
        await played.until(f"{RING[1].short_id}  ••••••  6 characters")
        assert played.session.commands.count(RevealSecret(RING[1].secret_id)) == 1
        await played.press("k")

        await played.press("r")
        played.session.answer(RevealSecret(RING[0].secret_id), Secret("current"))
        await played.until("current  7 characters")
        elapsed[-1]()
        await played.until("•••••••  7 characters")

        await played.press("c")
        await played.until(f"Sent to the terminal: secret {RING[0].short_id}")
        assert played.app.clipboard == "current"
        assert "current  7" not in played.text()

        for width in (60, 40):
            await played.pilot.resize_terminal(width, 24)
            assert RING[3].short_id in played.text()
            assert "this run only" in played.text()
        await played.press("escape")
        await played.dialog_closed()


async def test_an_empty_ring_says_how_to_get_a_secret() -> None:
    """Nothing to reveal, copy or remove."""
    async with listed(()) as played:
        await played.until("No secret yet. u registers and gets one; p adds yours.")
        await played.press("r", "c", "D", "d", "escape")
        await played.dialog_closed()
        assert played.session.commands == [ListSecrets()]


async def test_removing_a_secret_asks_in_its_row() -> None:
    """With what it changes; esc and moving on keep it, d removes it; the current one is never asked about."""
    question = f"Remove {RING[2].short_id}? 3 deliveries valid with it become invalid."
    async with listed() as played:
        await played.press("D", "d")
        assert "Remove " + RING[0].short_id not in played.text()
        await played.press("j", "j", "D")
        await played.until(question)
        assert played.dialog_lines()[-1] == "  Keep it esc      Remove it d"
        await played.press("escape")
        await played.until("added with p")
        await played.press("D", "k")
        await played.until("added with p")
        await played.press("j", "d")
        assert not any(isinstance(command, RemoveSecret) for command in played.session.commands)
        await played.press("D", "d")
        await played.requested(RemoveSecret(RING[2].secret_id))
        played.session.answer(ListSecrets(), (*RING[:2], *RING[3:]))
        played.session.emit(SecretRingChanged())
        await played.until("4 in the ring")
