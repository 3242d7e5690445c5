"""What is said of a delivery whose secrets are not known any more."""

from __future__ import annotations

from tests.factories import INVALID, delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.diagnostics.report import change_text, stored_report, why_text
from webhook_tui.domain.signature.secret_ring import SecretRing
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
