"""Deliveries as a scenario: order, pauses, attempts and faults, without signatures and identities."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import INVALID, NOW, VALID, delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.scenario import Fault, read_scenario
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS

BODY = b'{"id": 7, "name": "image_result", "data": {"job_id": "job_ec536688", "status": "completed"}}'


def stored(
    seq: int,
    body: bytes = BODY,
    *,
    seconds: float = 0,
    event_id: str | None = "7",
    attempt: int = 1,
    result: VerificationResult = VALID,
    headers: Headers = (),
) -> StoredDelivery:
    """A delivery that arrived `seconds` after the first one."""
    at = NOW + timedelta(seconds=seconds)
    made = row(seq, received_at=at, event_id=event_id, attempt=attempt, verification=result)
    return StoredDelivery(made, delivery(body, received_at=at, headers=headers))


def test_order_pauses_and_attempts_are_kept() -> None:
    """Attempts of one event share its number; what is not an event is listed."""
    other = BODY.replace(b"ec536688", b"aaaaaaa1")
    scenario = read_scenario(
        b"".join(
            FORMATS["scenario"].write(
                [
                    stored(1),
                    stored(2, b"\xff", seconds=1, event_id=None),
                    stored(3, other, seconds=2.5, event_id="8"),
                    stored(4, seconds=4, attempt=2),
                ],
                Destination(),
            )
        )
    )

    assert [(step.after_seconds, step.event, step.attempt) for step in scenario.steps] == [
        (0.0, 1, 1),
        (2.5, 2, 1),
        (1.5, 1, 2),
    ]
    assert [step.data["job_id"] for step in scenario.steps] == ["job_00000001", "job_00000002", "job_00000001"]
    assert scenario.skipped == (2,)


OLDER, MISSING, MALFORMED = (
    VerificationResult(verdict, "", "", None) for verdict in (Verdict.OLDER, Verdict.MISSING, Verdict.MALFORMED)
)


@pytest.mark.parametrize(
    ("body", "result", "signature", "fault"),
    [
        (BODY, VALID, b"", None),
        (BODY, OLDER, b"", Fault.OLDER),
        (BODY, MISSING, b"", Fault.NO_SIGNATURE),
        (BODY, MALFORMED, b"a" * 64, Fault.NO_PREFIX),
        (BODY, MALFORMED, b"sha256=" + b"A" * 64, Fault.UPPER_CASE),
        (BODY, INVALID, b"", Fault.FORGED),
        (BODY + b"\n", INVALID, b"", Fault.NEWLINE),
        (BODY.replace(b", ", b",").replace(b": ", b":"), INVALID, b"", Fault.RESERIALISED),
    ],
)
def test_what_was_wrong_is_kept(body: bytes, result: VerificationResult, signature: bytes, fault: Fault | None) -> None:
    """As the fault of the sandbox that comes closest."""
    one = stored(1, body, result=result, headers=((b"X-Webhook-Signature", signature),))
    scenario = read_scenario(FORMATS["scenario"].one(one, Destination()))

    assert [step.fault for step in scenario.steps] == [fault]


@pytest.mark.parametrize(
    ("body", "skipped"),
    [
        (b'{"name": "\\ud800", "data": {"status": "\\ud800", "\\ud800": 1}}', ()),
        (b'{"name": "x", "data": ' + b'{"a":' * 497 + b"1" + b"}" * 498, ()),
        (b'{"name": "x", "data": ' + b'{"a":' * 499 + b"1" + b"}" * 500, (1,)),
    ],
    ids=["lone surrogates", "deep", "too deep"],
)
def test_whatever_was_received_can_be_written_and_played(body: bytes, skipped: tuple[int, ...]) -> None:
    scenario = read_scenario(FORMATS["scenario"].one(stored(1, body), Destination()))

    assert scenario.skipped == skipped
    assert all(step.data_with_links("http://127.0.0.1") == step.data for step in scenario.steps)
