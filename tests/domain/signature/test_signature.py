"""The signature scheme: published vectors, every shape that is wrong, and the ring's order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import Verifier, check_signature, event_headers, sign
from webhook_tui.domain.signature.verdict import Verdict

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
BODY = b'{"id": 1, "name": "ping"}'


def _ring(*secrets: str) -> SecretRing:
    ring = SecretRing()
    for minutes, text in enumerate(secrets):
        ring = ring.registered(Secret(text), NOW - timedelta(minutes=len(secrets) - minutes))
    return ring


def _verdict(value: bytes | None, ring: SecretRing, *, unanswered: bool = False, limit: int | None = None) -> Verdict:
    headers = () if value is None else ((b"X-Webhook-Signature", value),)
    return Verifier(ring).check(headers, BODY, unanswered=unanswered, limit=limit, zone_now=lambda: NOW).verdict


@pytest.mark.parametrize(
    ("key", "data", "digest"),
    [
        ("Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    ],
)
def test_signs_as_rfc_4231_says(key: str, data: bytes, digest: str) -> None:
    """Test cases 1 and 2 of RFC 4231, section 4, whose keys are text."""
    assert sign(Secret(key), data) == f"sha256={digest}"


@pytest.mark.parametrize(
    ("key", "data", "digest"),
    [
        (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (bytes(range(1, 26)), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (b"\x0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            b"\xaa" * 131,
            (
                b"This is a test using a larger than block-size key and a larger than block-size data. "
                b"The key needs to be hashed before being used by the HMAC algorithm."
            ),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ],
)
def test_signs_with_the_binary_keys_of_rfc_4231(key: bytes, data: bytes, digest: str) -> None:
    """Test cases 3 to 7: keys that are no UTF-8 keep their bytes; case 5 publishes only the first 128 bits."""
    secret = Secret(key.decode("utf-8", "surrogateescape"))

    assert sign(secret, data).startswith(f"sha256={digest}")


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 200])
@pytest.mark.parametrize("size", [0, 1, 1024, 100_000])
def test_verifies_what_the_library_signs_with_keys_of_any_length(length: int, size: int) -> None:
    """A key that is longer than a block of the hash is hashed first (RFC 2104)."""
    key, body = "ké" * (length // 2) + "k" * (length % 2), b"x" * size
    assert _verdict_on(body, sign(Secret(key), body), key) is Verdict.VALID
    assert _verdict_on(body, sign(Secret(key), body), f"{key}k") is Verdict.INVALID
    assert _verdict_on(body + b"x", sign(Secret(key), body), key) is Verdict.INVALID


def _verdict_on(body: bytes, header: str, key: str) -> Verdict:
    headers = ((b"X-Webhook-Signature", header.encode()),)
    return check_signature(headers, body, _ring(key), zone_now=NOW).verdict


def test_valid_with_the_current_secret_older_with_a_former_one() -> None:
    """The ring knows which one is current."""
    ring = _ring("old", "new")

    assert _verdict(sign(Secret("new"), BODY).encode(), ring) is Verdict.VALID
    assert _verdict(sign(Secret("old"), BODY).encode(), ring) is Verdict.OLDER
    assert _verdict(sign(Secret("other"), BODY).encode(), ring) is Verdict.INVALID


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (None, Verdict.MISSING),
        (b"", Verdict.MALFORMED),
        (b"sha256=" + b"a" * 63, Verdict.MALFORMED),
        (b"sha256=" + b"A" * 64, Verdict.MALFORMED),
        (b"sha256=" + b"g" * 64, Verdict.MALFORMED),
        (b"a" * 64, Verdict.MALFORMED),
        (b"SHA256=" + b"a" * 64, Verdict.MALFORMED),
        (b"sha256=" + b"\xe9" * 64, Verdict.MALFORMED),
        (b"sha256=" + b"a" * 64, Verdict.INVALID),
    ],
)
def test_each_shape_has_its_verdict(value: bytes | None, verdict: Verdict) -> None:
    """Missing, malformed and invalid are distinguished."""
    assert _verdict(value, _ring("s")) is verdict


def test_what_nothing_explains_is_pending_while_a_registration_is_unanswered() -> None:
    """The secret that comes with the answer may be the one."""
    signature = sign(Secret("next"), BODY).encode()

    assert _verdict(signature, _ring("s"), unanswered=True) is Verdict.PENDING
    assert _verdict(signature, _ring("s")) is Verdict.INVALID
    assert _verdict(signature, SecretRing()) is Verdict.PENDING


def test_secrets_beyond_the_limit_leave_it_pending() -> None:
    """The rest of the ring is tried in the background."""
    ring = _ring("a", "b", "c", "d", "e")

    assert _verdict(sign(Secret("a"), BODY).encode(), ring, limit=4) is Verdict.PENDING
    assert _verdict(sign(Secret("a"), BODY).encode(), ring) is Verdict.OLDER


def test_two_signatures_that_differ_are_malformed() -> None:
    """It is ambiguous which one is meant; the same one twice is one."""
    good = sign(Secret("s"), BODY).encode()
    twice = ((b"X-Webhook-Signature", good), (b"x-webhook-signature", b"sha256=" + b"0" * 64))

    assert check_signature(twice, BODY, _ring("s"), zone_now=NOW).verdict is Verdict.MALFORMED
    assert check_signature((twice[0], twice[0]), BODY, _ring("s"), zone_now=NOW).verdict is Verdict.VALID


@pytest.mark.parametrize("comma", [b", ", b",", b" \t,\t"])
def test_equal_signatures_joined_by_a_proxy_count_as_two_equal_lines(comma: bytes) -> None:
    """Different ones are malformed as two lines are, and so is a comma that joins nothing."""
    good, other = sign(Secret("s"), BODY).encode(), b"sha256=" + b"0" * 64

    def verdict_of(value: bytes) -> Verdict:
        return check_signature(((b"X-Webhook-Signature", value),), BODY, _ring("s"), zone_now=NOW).verdict

    assert verdict_of(comma.join([good, good])) is Verdict.VALID
    assert verdict_of(comma.join([good] * 3)) is Verdict.VALID
    assert verdict_of(comma.join([good, other])) is Verdict.MALFORMED
    assert verdict_of(good + comma) is Verdict.MALFORMED
    assert verdict_of(comma) is Verdict.MALFORMED


def test_headers_of_an_event_of_our_own_are_signed() -> None:
    """As PiktID sends them; the check finds them valid."""
    headers = event_headers("image_result", Secret("s"), BODY, agent="webhook-tui/1")

    assert dict(headers)[b"X-Webhook-Event"] == b"image_result"
    assert check_signature(headers, BODY, _ring("s"), zone_now=NOW).verdict is Verdict.VALID


@pytest.mark.parametrize("event", ["", " ", " ping", "a\nb", "a\x00"])
def test_an_event_that_no_header_can_name_is_refused(event: str) -> None:
    with pytest.raises(ProblemError):
        event_headers(event, Secret("s"), BODY, agent="webhook-tui/1")
