"""The offline check: verdict, reason and cause as text and as JSON."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.signature.verification import as_json, as_text, verify, verify_delivery

SECRET = Secret("whsec_top_secret")
BODY = b'{"id": 1, "name": "ping", "data": {}, "timestamp": 1795443602.0}'
SIGNATURE = "sha256=" + hmac.new(b"whsec_top_secret", BODY, hashlib.sha256).hexdigest()


def clock() -> float:
    """A clock that stands still."""
    return 0.0


def test_a_good_signature_is_valid() -> None:
    """Text and JSON show it, with both digests."""
    outcome = verify([SECRET], SIGNATURE, BODY, clock=clock)

    assert outcome.is_good
    assert as_text(outcome).splitlines() == [
        "✓ valid",
        "Matches the secret you added (9778).",
        "",
        f"received    {SIGNATURE[:39]}",
        f"                   {SIGNATURE[39:]}",
        f"expected    {SIGNATURE[:39]}",
        f"                   {SIGNATURE[39:]}",
    ]
    assert json.loads(as_json(outcome)) == {
        "verdict": "valid",
        "reason": "Matches the secret you added (9778).",
        "cause": None,
        "why": None,
        "change": None,
        "expected": SIGNATURE,
        "received": [SIGNATURE],
        "tried": 1,
        "notes": [],
        "outcome": "cause found",
        "hints": [],
        "skipped": [],
    }


def test_a_bad_one_is_explained() -> None:
    """The cause is the reason; nothing printed holds the secret."""
    outcome = verify([SECRET], SIGNATURE, BODY + b"\n", clock=clock)

    text = as_text(outcome)
    assert not outcome.is_good
    assert outcome.result.verdict is Verdict.INVALID
    assert text.startswith("✗ invalid\nIt fits without the newline at the end of the body.\n\nWhy\n")
    assert "What to change\nSend exactly the bytes that were signed. In curl use --data-binary." in text
    assert json.loads(as_json(outcome))["cause"] == "trailing-newline"
    assert "top_secret" not in text + as_json(outcome)
    assert max(map(len, text.splitlines())) <= 78


def test_what_nothing_explains_says_what_was_tried() -> None:
    """What is certain stands first, then how the search ended."""
    outcome = verify([SECRET], "sha256=" + "5f" * 32, BODY, clock=clock)

    lines = as_text(outcome).splitlines()
    assert lines[1] == "Not the signature of this body with any known secret."
    assert re.fullmatch(r"No known cause matches \(1 secret, [0-9,]+ checks, 1 ms\)\.", lines[4])
    assert lines[6:8] == [
        "What to change",
        "Use the secret that it was signed with (webhook-tui secret prints the current",
    ]
    assert json.loads(as_json(outcome))["tried"] > 300


def test_missing_and_malformed_are_distinguished() -> None:
    """Neither raises, and terminal controls in the value are made harmless."""
    assert verify([SECRET], None, BODY, clock=clock).result.verdict is Verdict.MISSING
    assert verify([SECRET], "", BODY, clock=clock).result.verdict is Verdict.MALFORMED
    odd = verify([SECRET], "sha256=\x1b[2J\udcff", BODY, clock=clock)
    assert odd.result.verdict is Verdict.MALFORMED
    assert "\x1b" not in as_text(odd)


def test_a_whole_delivery_is_linted_too() -> None:
    """An exported delivery brings its headers and its time; several secrets may be tried."""
    headers = ((b"X-Webhook-Event", b"image_result"), (b"X-Webhook-Signature", SIGNATURE.encode()))
    sent = Delivery(datetime(2026, 11, 23, 14, 20, 2, tzinfo=UTC), "POST", "/h", headers, BODY)

    outcome = verify_delivery(sent, [Secret("other"), SECRET], clock=clock)

    assert outcome.is_good
    assert outcome.report.notes == ("header says image_result, body says ping", "no Content-Type header")
    assert as_text(outcome).endswith("note: no Content-Type header")
    assert [line.note for line in outcome.report.lines] == ["does not fit", "fits"]


def test_the_search_ends_when_its_time_is_over() -> None:
    """Without any time it reports that, and the verdict stands."""
    ticks = iter(range(1000))
    outcome = verify([SECRET], "sha256=" + "5f" * 32, BODY, clock=lambda: float(next(ticks)), seconds=3)

    assert outcome.result.verdict is Verdict.INVALID
    assert "The search was stopped after " in as_text(outcome)
    assert json.loads(as_json(outcome))["outcome"] == "stopped"


def test_hints_are_called_hints() -> None:
    """A truncated body cannot be verified, and is reported."""
    outcome = verify([SECRET], "sha256=" + "5f" * 32, BODY[:30], clock=clock)

    assert "Hints, without proof\n- The body ends in the middle of its JSON." in as_text(outcome)
    assert outcome.report.cause is None
