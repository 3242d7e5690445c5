"""Contracts of events whose data is all that differs."""

from __future__ import annotations

from collections.abc import Iterable

from webhook_tui.domain.contract.event_contract import Contract, EventContract

START = 1_795_443_602_000_000
"""Microseconds since 1970: 2026-11-23."""


def event(data: object, seq: int = 1, name: str = "image_result") -> dict[str, object]:
    """A decoded body."""
    return {"id": 90_000 + seq, "name": name, "data": data, "timestamp": 1_795_443_602.5}


def contract_of(data: Iterable[object], name: str = "image_result") -> EventContract:
    """The contract of deliveries 1, 2, ..., one a second."""
    whole = Contract()
    for seq, one in enumerate(data, 1):
        whole.add(event(one, seq, name), (seq, START + seq * 1_000_000))
    return whole.events[name]
