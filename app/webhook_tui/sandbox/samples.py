"""One sample of each known event, from the sandbox's jobs. PiktID does not document the fields of `data`."""

from __future__ import annotations

import json
import random as chance
import secrets
import time
from collections.abc import Callable

from webhook_tui.sandbox.jobs import identity_job, image_job

FIRST_ID = 1_000_000_000
"""First id of sample events: larger than real ids, and twice of it still fits into 32 bits."""


def sample_data(name: str, random: Callable[[], float]) -> dict[str, object]:
    """Return data for an event of that name: of a completed job, or {} for ping and unknown names."""
    events = [*image_job(random), *identity_job(random)]
    return next((event.data for event in reversed(events) if event.name == name), {})


def sample_body(event: str) -> bytes:
    """Return a sample event with the current time and an id of its own."""
    fields = {
        "id": FIRST_ID + secrets.randbelow(FIRST_ID),
        "name": event,
        "data": sample_data(event, chance.random),
        "timestamp": round(time.time(), 3),
    }
    return json.dumps(fields).encode("ascii")
