"""How long a search may take: in processor time of this machine, measured against hashing on the same machine."""

from __future__ import annotations

import json
from time import process_time
from typing import Final

from tests.domain.diagnostics.test_engine import NOW, delivery, ring_of, signed
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.diagnostics.engine import explain
from webhook_tui.domain.diagnostics.json_changes import json_changes
from webhook_tui.domain.diagnostics.report import Examination, SignatureReport
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing

FOREIGN: Final = b"sha256=" + b"5f" * 32
FIELDS = {f"field_{at}": f"value number {at}" for at in range(30)}
KIB = json.dumps({"id": 1, "name": "image_result", "data": FIELDS, "timestamp": 1795826357.459}).encode()
REFERENCE_SECONDS = 0.025
"""What a million additions in a loop cost where the bounds were set."""


def unit() -> float:
    """How slow this machine is now, compared with the reference."""
    began = process_time()
    total = 0
    for number in range(1_000_000):
        total += number
    return max(1.0, (process_time() - began) / REFERENCE_SECONDS)


def is_within(bound: float, case: Delivery, ring: SecretRing, tries: int) -> bool:
    """Whether one of several searches takes less processor time than `bound` seconds of the reference machine."""
    for _ in range(tries):
        slowness = unit()
        began = process_time()
        explain(case, ring, seq=1, clock=lambda: 0.0)
        if (process_time() - began) / slowness < bound:
            return True
    return False


def test_a_kibibyte_with_one_secret() -> None:
    """Under 20 ms, and a quarter more on a busy machine."""
    assert 900 < len(KIB) < 1100
    assert is_within(0.025, delivery(FOREIGN, KIB), ring_of("whsec_one"), 9)


def test_a_thousand_secrets() -> None:
    """Under 200 ms, and each of them in its cheap variations."""
    ring = SecretRing()
    for number in range(1000):
        ring = ring.added(Secret(f"whsec_{number:040d}"), NOW)
    assert is_within(0.2, delivery(FOREIGN, KIB), ring, 3)
    late = delivery(signed(KIB, f"whsec_{7:040d}\n"), KIB)
    cause = explain(late, ring, seq=1, clock=lambda: 0.0).cause
    assert cause is not None
    assert cause.code == "secret-newline"


def report_within(body: bytes, budget: float) -> tuple[SignatureReport, float]:
    """A report with a deadline of `budget` seconds of processor time, and the time it took."""
    began = process_time()
    report = explain(
        delivery(FOREIGN, body),
        ring_of("whsec_one", "whsec_two", "whsec_three", "whsec_four"),
        seq=1,
        clock=process_time,
        expired=lambda: process_time() > began + budget,
    )
    return report, process_time() - began


def test_large_bodies_keep_the_deadline_and_say_what_was_skipped() -> None:
    """10 MiB of escapes, of JSON and of zeros: at most a fifth of a second beyond the deadline."""
    for body in (b'{"a": "' + b"\\u0041" * 1_700_000 + b'"}', b"[" + b"1.5e3," * 1_700_000 + b"1]", bytes(10_485_760)):
        report, elapsed = report_within(body, 0.3)
        assert elapsed < 0.3 + 0.2 * unit() + 0.2
        assert report.skipped == ("Other forms of its JSON were not tried: the body is larger than 1 MiB.",)
        assert report.examination in (Examination.STOPPED, Examination.NO_CAUSE)


def test_bodies_of_a_stranger_take_no_square_of_their_size() -> None:
    """Blanks within a text; many keys, which are named where they differ from those of another delivery."""
    for blank in (b" ", b"\\t"):
        _, elapsed = report_within(b'{"a": "x' + blank * (60_000 // len(blank)) + b'x"}', 3.0)
        assert elapsed < 2 * unit()
    keys = [f"key_{number}" for number in range(6_000)]
    signed = json.dumps(dict.fromkeys(keys, 1)).encode()
    for received in (json.dumps(dict.fromkeys(keys, 2)), json.dumps({key.title(): 2 for key in keys})):
        began = process_time()
        assert json_changes(signed, received.encode())
        assert process_time() - began < 0.5 * unit()


def test_bodies_below_the_limit_keep_the_deadline() -> None:
    """1 MiB of escapes and of small objects, whose JSON is written again."""
    for body in (b'{"a": "' + b"\\u0041" * 170_000 + b'"}', b"[" + b'{"a": 1.50},' * 80_000 + b"1]"):
        _, elapsed = report_within(body, 0.3)
        assert elapsed < 0.3 + 0.9 * unit()
