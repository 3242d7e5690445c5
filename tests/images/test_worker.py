"""One request in, reports out."""

from __future__ import annotations

import io

import msgspec

from webhook_tui.domain.images.image import ImageRequest, LoadFailed, Report
from webhook_tui.images.worker import serve


def test_a_failure_is_reported() -> None:
    """As one line of JSON."""
    target = io.BytesIO()

    serve(io.BytesIO(msgspec.json.encode(ImageRequest("https://127.0.0.1/a.png", 10, 10)) + b"\n"), target)

    report: Report = msgspec.json.decode(target.getvalue(), type=Report)
    assert isinstance(report, LoadFailed)
    assert report.problem.message == "Blocked: 127.0.0.1 is an address of your own network."
