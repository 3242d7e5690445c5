"""One sample of each known event, as the sandbox's jobs play them; the fields of its data are our guess."""

from __future__ import annotations

import json
import random as chance
import secrets
import time
from collections.abc import Callable

from webhook_tui.sandbox.jobs import identity_job, image_job

FIRST_ID = 1_000_000_000
"""Ids of made-up events begin here: too large to be a real one's, and below twice this within 32 bits."""


def sample_data(name: str, random: Callable[[], float]) -> dict[str, object]:
    """Data for an event of that name: of a job that is done, or {} for a ping and for names that are not known."""
    events = [*image_job(random), *identity_job(random)]
    return next((event.data for event in reversed(events) if event.name == name), {})


def sample_body(event: str) -> bytes:
    """A sample event of now, with an id of its own, as PiktID's would be."""
    fields = {
        "id": FIRST_ID + secrets.randbelow(FIRST_ID),
        "name": event,
        "data": sample_data(event, chance.random),
        "timestamp": round(time.time(), 3),
    }
    return json.dumps(fields).encode("ascii")
