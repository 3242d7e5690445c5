"""The report on a delivery whose secrets are not known any more."""

from __future__ import annotations

from tests.factories import INVALID, NOW, PING, delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.diagnostics.report import SECONDS, Examination, change_text, stored_report, why_text
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import sign
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult

SIGNED = delivery(headers=((b"X-Webhook-Signature", b"sha256=" + b"0" * 64),))
EXPLAINED = VerificationResult(Verdict.INVALID, "It fits without the newline.", "Fits without the newline.")


def said(result: VerificationResult) -> tuple[str, str]:
    """Why, and what to change, of a delivery with that stored result, with an empty ring."""
    stored = StoredDelivery(row(verification=result), SIGNED)
    report = stored_report(stored, SecretRing(), None, [], lambda: 0.0)
    return why_text(report, stored.row), change_text(report, stored.row)


def test_a_cause_that_was_found_stays_without_its_secret() -> None:
    """Nothing contradicts the stored reason."""
    assert said(EXPLAINED) == (
        "It fits without the newline. This was found earlier. The secret is not in the ring any more.",
        "",
    )


def test_without_a_cause_the_missing_secret_is_named() -> None:
    """Adding it may explain the delivery."""
    why, change = said(INVALID)

    assert why == "No secret of this account is known, so the signature cannot be verified."
    assert change.startswith("Add the secret it was signed with")


RING = SecretRing().registered(Secret("s3cret"), NOW)


def stored(seq: int, body: bytes, signed: bytes, event_id: str = "90412") -> StoredDelivery:
    """A delivery with the signature of some body, and a header that announces JSON."""
    headers = (
        (b"Content-Type", b"application/json"),
        (b"X-Webhook-Event", b"ping"),
        (b"X-Webhook-Signature", sign(Secret("s3cret"), signed).encode()),
    )
    return StoredDelivery(row(seq, event_id=event_id, verification=INVALID), delivery(body, headers=headers))


def test_recent_deliveries_are_compared() -> None:
    """Its signature may be another's; only earlier ones have known fields."""
    other = b'{"id": 1, "name": "ping", "data": {"a": 1}, "timestamp": 1795443602}'
    report = stored_report(
        stored(8, PING, other), RING, None, [stored(9, PING, PING), stored(7, other, other, "1")], lambda: 0.0
    )

    assert report.cause is not None
    assert report.cause.headline == "It is the signature of delivery #7."


def test_an_earlier_attempt_is_noted() -> None:
    report = stored_report(stored(8, PING, b"x"), RING, None, [stored(7, PING, b"x")], lambda: 0.0)

    assert any("#7" in note for note in report.notes)
    assert not any(
        "#9" in note
        for note in stored_report(stored(8, PING, b"x"), RING, None, [stored(9, PING, b"x")], lambda: 0.0).notes
    )


def test_the_search_ends_at_its_time_limit_or_when_it_is_cancelled() -> None:
    wrong = stored(8, PING, b"x")
    late = iter([0.0, 0.0])

    assert stored_report(wrong, RING, None, [], lambda: next(late, SECONDS + 1)).examination is Examination.STOPPED
    assert (
        stored_report(wrong, RING, None, [], lambda: 0.0, is_cancelled=lambda: True).examination is Examination.STOPPED
    )
