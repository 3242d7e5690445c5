"""The HTTPie command, run by a shell against a real server: what arrives is what was received."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.export.receiving import BODIES, HEADERS, arrived, expected, stored
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS

pytestmark = [pytest.mark.integration, pytest.mark.portable]


async def test_a_body_arrives_by_httpie(stand_ins: Path) -> None:
    """The stand-in refuses what HTTPie would read as a file or as JSON."""
    requests = await arrived("httpie", map(stored, BODIES.values()), stand_ins)

    assert dict(zip(BODIES, (request.body for request in requests), strict=True)) == BODIES


async def test_headers_arrive_by_httpie(stand_ins: Path) -> None:
    """Those that HTTPie cannot send unchanged are named in a note instead."""
    deliveries = [stored(headers=headers) for headers in HEADERS.values()]
    requests = await arrived("httpie", deliveries, stand_ins)

    for one, request in zip(deliveries, requests, strict=True):
        sent = expected(one.delivery.headers)
        left_out = [name for name, value in sent if b"caf\xe9" in value]
        assert sorted(request.travelling) == sorted((name, value) for name, value in sent if name not in left_out)
        first_line = FORMATS["httpie"].one(one, Destination()).partition(b"\n")[0]
        assert first_line.startswith(b": 'left out") is bool(left_out)
        assert all(name in first_line for name in left_out)
