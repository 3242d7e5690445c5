"""The Signature tab, to the character of the mock-ups: why, what to change, digests, and the ring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace
from textual.content import Content

from tests.ui.fake_session import NOW
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.diagnostics.report import Cause, RingLine, SignatureReport
from webhook_tui.domain.signature.secret_ring import Origin
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.format.delivery.signature import effort, signature_text

RECEIVED = "sha256=5f1c9e0b7a2d4c6e8f001b223d445f66778a99aabbccddee0f011223344556e1"

EXPECTED = "sha256=c06d51f4be9a3377120c9d8e5b64af102e83d9f7716b05ca4488e1d03fb7925a"

CAUSE = Cause(
    "trailing-newline",
    "It fits without the newline at the end of the body.",
    "Fits without the last newline.",
    "The signature fits the body without its last byte, a newline.\n"
    "693 bytes were signed and 694 arrived: a client or a proxy added \\n.",
    "Send exactly the bytes that were signed. In curl use --data-binary.",
)

NEWER, OLDER = datetime(2026, 11, 23, 14, 19, tzinfo=UTC), datetime(2026, 11, 23, 14, 2, tzinfo=UTC)


def row(seq: int) -> DeliveryRow:
    """A row of the mock-ups."""
    return mock_up_rows()[seq - 1].row


def report(cause: Cause | None, note: str = "", *, older_fits: bool = False) -> SignatureReport:
    """A report on two secrets."""
    lines = (
        RingLine("a", "9f2c", NEWER, None, Origin.REGISTERED, is_current=True, fits=False, note=note),
        RingLine("b", "41d0", OLDER, NEWER, Origin.REGISTERED, is_current=False, fits=older_fits),
    )
    return SignatureReport(8, (RECEIVED,), EXPECTED, lines, cause, tried=1012, seconds=0.014)


def text(content: Content) -> list[str]:
    """Lines of text."""
    return [line.rstrip() for line in content.plain.split("\n")]


def test_the_signature_tab_with_a_cause() -> None:
    """Why, what to change, received and expected, the ring; as the mock-up has it."""
    found = report(CAUSE, "fits only without the last newline")

    assert text(signature_text(found, row(8), 78, NOW)) == [
        "Why",
        "The signature fits the body without its last byte, a newline.",
        "693 bytes were signed and 694 arrived: a client or a proxy added \\n.",
        "",
        "What to change",
        "Send exactly the bytes that were signed. In curl use --data-binary.",
        "",
        "received    sha256=5f1c9e0b7a2d4c6e8f001b223d445f66",
        "                   778a99aabbccddee0f011223344556e1",
        "expected    sha256=c06d51f4be9a3377120c9d8e5b64af10",
        "                   2e83d9f7716b05ca4488e1d03fb7925a",
        "",
        "secret 9f2c  current (14:19:00)  fits only without the last newline",
        "secret 41d0  until 14:19:00      does not fit",
    ]
    assert effort(found) == "1,012 checks, 14 ms"
    assert effort(msgspec.structs.replace(found, tried=1)) == "1 check, 14 ms"


def test_the_signature_tab_without_a_cause_says_what_to_do() -> None:
    """Which key helps."""
    shown = text(signature_text(report(None), row(8), 78, NOW))

    assert shown[1] == (
        "Not the signature of this body with any known secret. No known cause matches (2 secrets, 1,012 checks, 14 ms)."
    )
    assert shown[3:6] == [
        "What to do",
        "u   register again: PiktID issues a new secret, and its ping must be valid",
        "p   add the secret you have: stored deliveries are checked again",
    ]


def test_the_signature_tab_of_an_older_secret() -> None:
    """How long ago it was replaced, and that others would have refused it."""
    late = replace(row(6), received_at=NEWER + timedelta(seconds=3))
    shown = text(signature_text(report(None, older_fits=True), late, 78, NOW))

    assert shown == [
        "Why",
        (
            "It is signed with secret 41d0, which was replaced 3 s before the delivery arrived. "
            "A server that knows only the newest secret would have refused it."
        ),
        "",
        "received    sha256=5f1c…  equal to the expected one, all 64 digits",
        "",
        "secret 9f2c  current (14:19:00)  does not fit",
        "secret 41d0  until 14:19:00      fits",
    ]


def test_the_signature_tab_of_a_secret_that_was_added() -> None:
    """It names the secret, and never says that PiktID signed it, whichever way it was added."""
    for origin in (Origin.KEPT, Origin.ENTERED, Origin.OPTION, Origin.FILE):
        line = RingLine("c", "c7e8", NEWER, None, origin, is_current=False, fits=True)
        shown = text(signature_text(msgspec.structs.replace(report(None), lines=(line,)), row(1), 78, NOW))

        assert shown[1] == "It matches secret c7e8, which was added by hand. PiktID did not issue that secret here."
        assert shown[-1] == f"secret c7e8  {origin.label:<20}fits"


def test_the_signature_tab_of_a_secret_that_is_gone() -> None:
    """A secret of one run is not in the ring of a later one."""
    added = replace(row(1), reason="Matches the secret you added (c7e8).")

    explained = "It was valid when it was verified. The secret is not in the ring any more."
    assert text(signature_text(report(None), added, 78, NOW))[1] == explained


@pytest.mark.parametrize("width", [78, 53, 47, 40, 20])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_explained_at_every_width(verdict: Verdict, width: int) -> None:
    """Digests are in halves of 32; nothing but wrapped prose is wider than the pane from 47 columns on."""
    stored = stored_delivery(1, verdict).row
    lines = text(signature_text(report(None), stored, width, NOW))

    assert lines[0] == "Why"
    assert lines[1]
    digits = [line for line in lines if "778a99aabbccddee0f011223344556e1" in line]
    assert all(len(line) <= max(width, 42) for line in digits)


def test_no_secret_no_signature_and_hostile_values() -> None:
    """What is missing is named; hostile values are sanitised."""
    empty = SignatureReport(8, (), None, ())
    assert "received    none" in text(signature_text(empty, row(8), 78, NOW))
    hostile = msgspec.structs.replace(report(CAUSE), received=("sha256=\x1b]2;x\x07" + "a" * 4000,), notes=("dup\x1b",))
    shown = signature_text(hostile, row(8), 78, NOW).plain
    assert "\x1b" not in shown
    assert len(shown) < 2000
    assert effort(empty) == ""
