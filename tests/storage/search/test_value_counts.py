"""How many deliveries have each value."""

from __future__ import annotations

import json
from unittest.mock import patch

from msgspec.structs import replace

from tests.factories import INVALID, NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.domain.jobs.job import USUAL_FIELDS
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.search import value_counts
from webhook_tui.storage.search.value_counts import count_values


async def test_values_are_counted_most_frequent_first(store: DeliveryStore, account: Account) -> None:
    """Those of columns, of notes and of payloads; what is not JSON has no job."""
    sent = [
        ({"job_id": "job_1", "status": "completed"}, VALID, 200),
        ({"job_id": "job_2", "status": "completed"}, INVALID, None),
        ({"job_id": "job_2", "status": "failed"}, VALID, 0),
        (None, VALID, 503),
    ]
    for data, verification, answered in sent:
        body = b"[" if data is None else json.dumps({"id": 1, "name": "ping", "data": data}).encode()
        await store.record(delivery(body), verification, account=account, answered=answered)
    await store.set_marked(1, marked=True)
    await store.set_comment(2, "later")
    await store.set_differs([2, 3])
    await store.set_imported(4, "imported from a.har")
    await store.record_result(ForwardResult(1, ForwardOrigin.REPLAYED, "http://a", NOW, 200))

    found = count_values(store.path, USUAL_FIELDS)

    assert found == {
        "verdict": [("valid", 3), ("invalid", 1)],
        "event": [("ping", 4)],
        "answered": [("none", 2), ("200", 1), ("503", 1)],
        "is": [
            *(("marked", 1), ("commented", 2), ("differs", 2)),
            *(("retried", 2), ("replayed", 1), ("imported", 1)),
        ],
        "status": [("completed", 2), ("failed", 1)],
        "job": [("job_2", 2), ("job_1", 1)],
    }


async def test_what_is_not_read_to_the_end_is_not_counted(store: DeliveryStore, account: Account) -> None:
    """The newest payloads name jobs, without a number that would be too small; the fields are a setting."""
    for number in range(3):
        body = json.dumps({"data": {"work": f"w{number}", "job_id": "x"}}).encode()
        await store.record(delivery(body), VALID, account=account, answered=200)

    with patch.object(value_counts, "MOST_READ", 2):
        found = count_values(store.path, replace(USUAL_FIELDS, ids=["work"]))

    assert found["job"] == [("w2", None), ("w1", None)]
    assert found["verdict"] == [("valid", 3)]
