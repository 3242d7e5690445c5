"""Two versions of a secret ring become one without losing a secret."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing, merged


@st.composite
def _rings(draw: st.DrawFn) -> SecretRing:
    ring = SecretRing()
    for minutes, (step, text) in enumerate(
        draw(st.lists(st.tuples(st.sampled_from("rae"), st.sampled_from("abcd")), max_size=8))
    ):
        at = NOW + timedelta(minutes=minutes)
        if step == "e":
            ring = ring.ended(at)
        else:
            ring = ring.registered(Secret(text), at) if step == "r" else ring.added(Secret(text), at)
    return ring


@given(_rings(), _rings())
def test_merging_loses_no_secret_and_leaves_at_most_one_current(ours: SecretRing, theirs: SecretRing) -> None:
    """Whatever two programs did, the ring knows all secrets, each once; merging again changes nothing."""
    both = merged(theirs, ours)

    secrets = [known.secret for known in both.secrets]
    assert set(secrets) == {known.secret for known in (*ours.secrets, *theirs.secrets)}
    assert len(secrets) == len(set(secrets))
    registered = [known for known in both.secrets if known.origin == "registered"]
    assert all(known.until is not None for known in registered[:-1])
    assert merged(both, both) == both


@given(_rings())
def test_a_ring_saved_alone_stays_as_it_is(ring: SecretRing) -> None:
    """Without another writer, what is read is what was saved."""
    assert merged(SecretRing(), ring) == ring
    assert merged(ring, ring) == ring
