"""The ring of secrets: which is current, in which order they are tried, and what is shown of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, SecretRing, merged

OLD, NEW, ADDED = Secret("whsec_old"), Secret("whsec_new"), Secret("whsec_added")


def after(minutes: int) -> datetime:
    """So long after now."""
    return NOW + timedelta(minutes=minutes)


def test_a_registration_ends_the_secret_before_it() -> None:
    ring = SecretRing().registered(OLD, NOW).registered(NEW, after(1))

    assert [(known.secret, known.since, known.until) for known in ring.secrets] == [
        (OLD, NOW, after(1)),
        (NEW, after(1), None),
    ]
    assert ring.current is not None
    assert ring.current.secret == NEW


def test_the_same_secret_again_changes_nothing() -> None:
    """PiktID may answer a second PUT with the secret that it gave before."""
    ring = SecretRing().registered(OLD, NOW)

    assert ring.registered(OLD, after(1)) == ring


def test_after_a_deletion_no_secret_is_current() -> None:
    """Secrets that were added are not ended by it: nothing dates them."""
    ring = SecretRing().registered(OLD, NOW).added(ADDED, NOW).ended(after(1))

    assert ring.current is None
    assert [known.until for known in ring.secrets] == [after(1), None]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (Origin.KEPT, Origin.OPTION, Origin.KEPT),
        (Origin.OPTION, Origin.KEPT, Origin.KEPT),
        (Origin.EARLIER, Origin.ENTERED, Origin.ENTERED),
    ],
)
def test_a_secret_has_the_origin_that_counts_most(first: Origin, second: Origin, kept: Origin) -> None:
    ring = SecretRing().added(ADDED, NOW, first).added(ADDED, after(1), second)

    assert [known.origin for known in ring.secrets] == [kept]


def test_an_empty_secret_is_not_added() -> None:
    assert SecretRing().added(Secret(""), NOW) == SecretRing()


def test_secrets_of_one_run_are_not_stored() -> None:
    ring = SecretRing().registered(OLD, NOW).added(NEW, NOW, Origin.KEPT).added(ADDED, NOW, Origin.OPTION)

    assert {known.secret for known in ring.stored().secrets} == {OLD, NEW}
    assert ring.removed(NEW.fingerprint()).get(NEW.fingerprint()) is None


def test_what_is_shown_of_them() -> None:
    """In the order in which they are tried, those that verify nothing last; never the secret itself."""
    ring = (
        SecretRing()
        .added(Secret("whsec_earlier"), NOW, Origin.EARLIER)
        .registered(OLD, NOW)
        .added(ADDED, NOW, Origin.OPTION)
        .registered(NEW, after(1))
    )
    entries = ring.entries()

    assert [entry.secret_id for entry in entries[:1]] == [NEW.fingerprint()]
    assert {entry.used_for(after(2)) for entry in entries} == {"current", "until 14:21:02", "this run only", "nothing"}
    assert entries[-1].used_for(NOW) == "nothing"
    assert "whsec_" not in repr(entries)
    assert {entry.length for entry in entries} == {9, 11, 13}


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
    """The merged ring has all secrets of both, each once; merging again changes nothing."""
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
