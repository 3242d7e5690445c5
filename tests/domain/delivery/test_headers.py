"""Headers are found in any case, kept in order, and passed on only where HTTP can carry them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.delivery.headers import (
    EVENT_HEADER,
    SIMULATED_HEADER,
    Headers,
    first,
    sendable,
    signatures,
    values,
    webhook_headers,
)

HEADERS = ((b"X-A", b"1"), (b"x-b", b"2"), (b"x-a", b"3"))


def test_a_name_is_found_in_any_case() -> None:
    assert values(HEADERS, b"X-a") == [b"1", b"3"]
    assert first(HEADERS, b"X-B") == b"2"
    assert first(HEADERS, b"x-c") is None


def test_what_http_cannot_carry_is_left_out() -> None:
    """RFC 9110, 5.5: a tab and bytes above 0x7F may be in a value, other control characters may not."""
    carried = ((b"X-A", b"a\tb \xe9"), (b"X-Empty", b""))

    assert sendable((*carried, (b"X-B", b"a\r\nX-C: d"), (b"X D", b"1"), (b"", b"1"), (b"X-E", b"\x00"))) == carried


@pytest.mark.parametrize(
    ("received", "found"),
    [
        ([b"sha256=1"], [b"sha256=1"]),
        ([b"sha256=1", b"sha256=2"], [b"sha256=1", b"sha256=2"]),
        ([b"sha256=1, sha256=1"], [b"sha256=1", b"sha256=1"]),
        ([b"sha256=1, sha256=2"], [b"sha256=1, sha256=2"]),
    ],
)
def test_equal_signatures_that_a_proxy_joined_stand_alone(received: list[bytes], found: list[bytes]) -> None:
    """RFC 9110, 5.3 allows the joining; different ones stay as they were received."""
    assert signatures((b"X-Webhook-Signature", value) for value in received) == found


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    *(b"X-Webhook-Event", b"x-webhook-event", b"X-Webhook-Signature", b"X-WEBHOOK-SIGNATURE"),
                    *(b"X-Webhook-Simulated", b"X-Webhook-Delivery0", b"X-Request-Start", b"Host"),
                ]
            ),
            st.sampled_from([b"", b"1", b"2", b"1, 1", b"1,2"]),
        )
    ).map(tuple)
)
def test_one_pass_finds_what_each_search_finds(headers: Headers) -> None:
    """Also where a name is there twice, or others are as long."""
    found = webhook_headers(headers)

    assert found.event == first(headers, EVENT_HEADER)
    assert found.signatures == signatures(headers)
    assert found.simulated == first(headers, SIMULATED_HEADER)
