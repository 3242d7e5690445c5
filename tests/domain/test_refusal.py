"""The texts about a refused request, for the user and for its sender."""

from __future__ import annotations

from webhook_tui.domain.refusal import Refusal


def test_a_refusal_says_what_and_why() -> None:
    """One or several, with the request where it is the reason; the same for the sender without it."""
    too_long = Refusal(413, "1.1 GB declared; the limit is 10 MB")
    assert too_long.sentence() == "Refused a request (413): 1.1 GB declared; the limit is 10 MB."
    assert too_long.answer == b"1.1 GB declared; the limit is 10 MB."
    elsewhere = Refusal(404, "not the webhook's path", "POST /", 12_000)
    assert elsewhere.sentence() == "Refused 12,000 requests (404): not the webhook's path (POST /)."
    assert elsewhere.answer == b"Not the webhook's path."
    assert len(Refusal.of_request(404, "no", "GET", "/" * 9999).request) == 200
