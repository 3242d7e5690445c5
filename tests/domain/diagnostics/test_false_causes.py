"""No cause is named for a delivery whose signature has none: random deliveries, and the corpus of real bodies."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.diagnostics.test_engine import BODIES, NOW, TOKEN, delivery, mac, signed
from tests.factories import row
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.diagnostics.engine import explain
from webhook_tui.domain.diagnostics.report import Examination
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing

SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=8, max_size=40)
SPELLINGS = st.sampled_from(
    [
        lambda digest: b"sha256=" + digest.hex().encode(),
        lambda digest: b"sha256=" + digest.hex().upper().encode(),
        lambda digest: digest.hex().encode(),
        lambda digest: b"v1," + base64.b64encode(digest),
        lambda digest: b"sha256=" + digest.hex()[:20].encode(),
        lambda digest: b"t=1795443605,v1=" + digest.hex().encode(),
        lambda digest: b"sha1=" + digest.hex()[:40].encode(),
        lambda digest: b"sha256=" + b"0" * 64 + b", sha256=" + digest.hex().encode(),
    ]
)
NAMES = st.sampled_from([b"X-Webhook-Signature", b"X-Hub-Signature-256", b"Authorization"])


@settings(max_examples=50, deadline=None, derandomize=True)
@given(body=BODIES, secret=SECRETS, unknown=SECRETS, header=st.tuples(NAMES, SPELLINGS), other=BODIES)
def test_a_signature_with_an_unknown_secret_has_no_cause(
    body: bytes, secret: str, unknown: str, header: tuple[bytes, Callable[[bytes], bytes]], other: bytes
) -> None:
    """The unknown secret is none that the known one could have become."""
    name, spelled = header
    value = spelled(mac(f"unknown {unknown}", body))
    sent = Delivery(NOW, "POST", "/h/1?a=b", ((b"Host", b"h.example"), (b"Date", b"1795443605"), (name, value)), body)
    ring = SecretRing().registered(Secret(f"known {secret}"), NOW)
    others = (StoredDelivery(row(3, event_id="1"), delivery(signed(other, "third secret"), other)),)

    report = explain(sent, ring, seq=8, clock=lambda: 0.0, token=Secret(TOKEN), others=others, event_id="1")

    assert report.cause is None
    assert report.examination in (Examination.NO_CAUSE, Examination.UNNEEDED)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    fields=st.dictionaries(st.text(max_size=8), st.integers() | st.text() | st.floats(), min_size=1, max_size=6),
    value=st.text("0123456789abcdef", min_size=24, max_size=24),
)
def test_a_changed_value_has_no_cause(fields: dict[str, object], value: str) -> None:
    """What was signed cannot be computed from what arrived; whatever white space differs, too."""
    name = next(iter(fields))
    signed = json.dumps({**fields, name: value}).encode()
    received = json.dumps({**fields, name: f"changed {value[::-1]}"}, separators=(",", ":")).encode()
    sent = Delivery(
        NOW, "POST", "/", ((b"X-Webhook-Signature", b"sha256=" + mac("known", signed).hex().encode()),), received
    )

    report = explain(sent, SecretRing().registered(Secret("known"), NOW), seq=8, clock=lambda: 0.0)

    assert report.cause is None
    assert report.outcome.startswith("No known cause matches (1 secret, ")
