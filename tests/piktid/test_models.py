"""The webhook in an answer: as documented, and as no page says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.piktid.models import Webhook, read_object, webhook_from

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = tuple(Webhook.__struct_fields__)


def test_the_documented_answer_is_read_whole() -> None:
    """Every field of the page."""
    fields = read_object(
        b'{"id": 1, "url": "https://a/", "secret": "s", "is_active": true, "created_at": "c", "updated_at": "u",'
        b' "last_response_status": null, "last_response_at": null, "new": [1]}'
    )

    assert fields is not None
    assert webhook_from(fields) == Webhook(
        id=1, url="https://a/", secret=Secret("s"), is_active=True, created_at="c", updated_at="u"
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": "w-1", "last_response_status": "200", "last_response_at": 1.5}, ("w-1", "200", "1.5")),
        ({"id": 10**30, "last_response_status": 200, "last_response_at": "t"}, (10**30, 200, "t")),
        ({"id": None, "last_response_status": {"a": 1}, "last_response_at": True}, (None, "{'a': 1}", None)),
    ],
)
def test_unusual_types_are_read(fields: dict[str, object], expected: tuple[object, ...]) -> None:
    """The filled `last_response_*` fields are not documented."""
    webhook = webhook_from(fields)

    assert (webhook.id, webhook.last_response_status, webhook.last_response_at) == expected


@given(st.dictionaries(st.sampled_from(_FIELDS) | st.text(), _JSON))
def test_nothing_in_an_object_is_fatal(fields: dict[str, object]) -> None:
    """Whatever JSON the fields hold."""
    read = read_object(json.dumps(fields).encode())

    assert read is not None
    webhook = webhook_from(read)
    assert webhook.secret is None or webhook.secret.reveal() == fields["secret"]


@given(st.binary())
def test_nothing_in_a_body_is_fatal(body: bytes) -> None:
    """Whatever bytes there are."""
    assert read_object(body) is None or isinstance(read_object(body), dict)
