"""What is worth an alert, and how often there is one: by an injected time."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.ui.memory_rows import stored_delivery
from webhook_tui.domain.alerts import PAUSE_SECONDS, Alert, AlertLimiter, Subject, delivery_alert, lost_alert
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.signature.verdict import Verdict

ROW = stored_delivery(7, event="batch_edit\x1b]0;x\x07", verdict=Verdict.VALID).row
ALL = frozenset(Subject)
JOB = Summary(job="job_ec536688", status="completed", progress="8/8")


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"verdict": Verdict.INVALID}, Subject.INVALID),
        ({"verdict": Verdict.MISSING}, Subject.INVALID),
        ({}, None),
        ({"summary": JOB}, Subject.JOB),
        ({"summary": replace(JOB, status="failed")}, Subject.JOB),
        ({"summary": replace(JOB, status="processing")}, None),
        ({"summary": replace(JOB, file="look-1.jpg")}, None),
        ({"summary": JOB, "attempt": 2}, None),
        ({"summary": JOB, "verdict": Verdict.PENDING}, None),
    ],
)
def test_which_deliveries(changes: dict[str, object], subject: Subject | None) -> None:
    """Bad ones, and the first good one that says that a whole job has ended."""
    alert = delivery_alert(replace(ROW, **changes))
    assert (alert and alert.subject) == subject
    assert alert is None or "\x1b" not in alert.sentence


def test_a_flood_is_counted() -> None:
    """The first at once, the others together when the pause is over; what is not wanted, never."""
    limiter = AlertLimiter(frozenset({Subject.INVALID, Subject.LOST}))
    invalid, lost = Alert(Subject.INVALID, "#7 invalid: ping."), lost_alert("9")
    first = limiter.add(invalid, 100.0)
    assert first is not None
    assert (first.sentence, first.count) == ("#7 invalid: ping.", 1)
    assert [limiter.add(invalid, 100.0 + second) for second in (0, 1, 2)] == [None] * 3
    assert limiter.add(Alert(Subject.JOB, "Job done."), 103.0) is None
    assert limiter.add(lost, 103.0) is None
    assert limiter.wait_seconds(103.0) == PAUSE_SECONDS - 3
    digest = limiter.take(100.0 + PAUSE_SECONDS)
    assert digest is not None
    assert (digest.sentence, digest.count) == ("3 invalid, 1 lost", 4)
    assert limiter.wait_seconds(200.0) is None
    assert limiter.take(200.0) is None
