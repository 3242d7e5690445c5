"""Deliveries as a scenario for `webhook-tui sandbox --play`: order, pauses, attempts and faults, under pseudonyms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from webhook_tui.domain.contract.samples import storable
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import first
from webhook_tui.domain.payload.json_decoder import decode, depth
from webhook_tui.domain.scenario import DEEPEST_EVENT, Fault, Pseudonyms, Scenario, ScenarioStep, write_scenario
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.export.destination import Destination

_BARE_DIGEST = re.compile(rb"[0-9a-f]{64}")


def write_scenario_file(deliveries: Iterable[StoredDelivery], _destination: Destination) -> Iterator[bytes]:
    """Yield one scenario; a delivery whose body is not an event, or is too deep, is listed in it as skipped."""
    pseudonyms = Pseudonyms()
    numbers: dict[object, int] = {}
    steps: list[ScenarioStep] = []
    skipped: list[int] = []
    before: datetime | None = None
    for stored in deliveries:
        event = _event(stored.delivery.body)
        if event is None:
            skipped.append(stored.row.seq)
            continue
        received_at = stored.row.received_at
        pause = max(0.0, (received_at - before).total_seconds()) if before else 0.0
        before = received_at
        identity = stored.row.event_id if stored.row.event_id is not None else (stored.row.seq,)
        number = numbers.setdefault(identity, len(numbers) + 1)
        steps.append(
            ScenarioStep(
                after_seconds=round(pause, 3),
                event=number,
                attempt=stored.row.attempt,
                name=storable(event["name"]),
                data=_as_object(pseudonyms.replace(event["data"])),
                fault=_fault(stored),
            )
        )
    yield write_scenario(Scenario(steps=tuple(steps), skipped=tuple(skipped)))


def _event(body: bytes) -> dict[str, Any] | None:
    try:
        value = None if depth(body) > DEEPEST_EVENT else decode(body)
    except (ValueError, MemoryError):
        return None
    is_event = isinstance(value, dict) and isinstance(value.get("name"), str) and isinstance(value.get("data"), dict)
    return value if is_event else None


def _as_object(value: object) -> dict[str, Any]:
    assert isinstance(value, dict)
    return value


def _fault(stored: StoredDelivery) -> Fault | None:
    """Return the fault of the sandbox that comes closest: which bytes were signed is known for the valid ones only."""
    match stored.row.verdict:
        case Verdict.OLDER:
            return Fault.OLDER
        case Verdict.MISSING:
            return Fault.NO_SIGNATURE
        case Verdict.MALFORMED:
            signature = first(stored.delivery.headers, b"x-webhook-signature") or b""
            return Fault.NO_PREFIX if _BARE_DIGEST.fullmatch(signature.strip()) else Fault.UPPER_CASE
        case Verdict.INVALID:
            return _fault_of_body(stored.delivery.body)
        case Verdict.VALID | Verdict.PENDING:
            return None


def _fault_of_body(body: bytes) -> Fault:
    if body.endswith(b"\n"):
        return Fault.NEWLINE
    is_compact = body == json.dumps(decode(body), separators=(",", ":")).encode("ascii")
    return Fault.RESERIALISED if is_compact else Fault.FORGED
