"""Why a delivery has its verdict, as text and as an object."""

from __future__ import annotations

import json

from msgspec.structs import replace

from tests.factories import INVALID, NOW, row
from webhook_tui.domain.diagnostics.report import Cause, Examination, RingLine, SignatureReport
from webhook_tui.domain.signature.secret_ring import Origin
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.headless.signature_page import signature_page, signature_record
from webhook_tui.headless.text_style import TextStyle

RING = (
    RingLine("a", "9f2c", NOW, None, Origin.REGISTERED, is_current=True, fits=False, note="fits only as base64"),
    RingLine("b", "41d0", NOW, NOW, Origin.REGISTERED, is_current=False, fits=True),
    RingLine("c", "c7e8", NOW, None, Origin.KEPT, is_current=False, fits=False),
)
CAUSE = Cause("base64", "It fits as base64.", "Fits as base64.", "The digest is in base64.", "Send it in hex.")
REPORT = SignatureReport(
    3,
    ("sha256=\x1b",),
    "sha256=00",
    RING,
    CAUSE,
    tried=7,
    seconds=0.014,
    notes=("new field a\x1b",),
    hints=("A proxy.",),
)
ROW = row(3, verification=INVALID)


def test_the_page_names_the_cause_and_every_secret() -> None:
    """Nothing received is raw; no line is wider than 80 cells."""
    page = signature_page(REPORT, ROW, TextStyle(width=200), NOW)
    lines = page.split("\n")

    assert lines[0] == "✗ invalid: it fits as base64."
    assert "The digest is in base64." in lines
    assert "Hint, without proof: A proxy." in lines
    assert "What to change: Send it in hex." in lines
    assert "received   sha256=␛" in lines
    assert "secret 9f2c  current (14:20:02)      fits only as base64" in lines
    assert "secret 41d0  until 14:20:02          matches" in lines
    assert "secret c7e8  added by hand           does not match" in lines
    assert "note: new field a␛" in lines
    assert "\x1b" not in page


def test_the_headline_of_an_unexplained_delivery_does_not_repeat_the_search() -> None:
    """How it ended, and in how many checks, is said of the search that was made now."""
    stored = replace(INVALID, reason="No known cause matches (9 checks).")
    page = signature_page(replace(REPORT, cause=None, hints=()), row(3, verification=stored), TextStyle(), NOW)

    assert page.startswith("✗ invalid: matches no known secret.\nNot the signature of this body with any known secret.")
    assert "(9 checks)" not in page


def test_the_headline_of_a_malformed_delivery_is_not_repeated() -> None:
    """What else is known of its signature follows it."""
    reason = "The signature has 3 hex digits; sha256 has 64."
    malformed = row(3, verification=replace(INVALID, verdict=Verdict.MALFORMED, reason=reason))
    page = signature_page(replace(REPORT, cause=None, hints=()), malformed, TextStyle(), NOW)

    assert page.lower().count(reason.lower()) == 1
    assert page.startswith("! malformed: the signature has 3 hex digits; sha256 has 64.\nNo known cause matches (")


def test_without_a_signature_nothing_is_expected() -> None:
    page = signature_page(replace(REPORT, received=(), expected=None, cause=None), ROW, TextStyle(), NOW)

    assert "received   none" in page
    assert "expected" not in page


def test_the_object_has_the_same_facts() -> None:
    record = json.loads(json.dumps(signature_record(REPORT, ROW)))

    assert (record["verdict"], record["cause"], record["change"]) == ("invalid", "base64", "Send it in hex.")
    assert [secret["matches"] for secret in record["secrets"]] == [False, True, False]
    assert [secret["until"] for secret in record["secrets"]] == [None, "2026-11-23T14:20:02.418Z", None]
    assert (record["tried"], record["outcome"]) == (7, Examination(REPORT.examination).value)
