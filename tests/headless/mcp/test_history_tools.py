"""The tools that read the history, without a server around them."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import OWN, SECRET, received, record
from webhook_tui.domain.errors import ProblemError
from webhook_tui.export.json_lines import as_line
from webhook_tui.headless.mcp.answers import Redactor
from webhook_tui.headless.mcp.history_tools import HistoryTools
from webhook_tui.headless.mcp.tools import (
    DiffDeliveries,
    ExplainSignature,
    GetContract,
    GetDelivery,
    ListDeliveries,
    WaitForDelivery,
)
from webhook_tui.places import Places

REDACTOR = Redactor([])


@pytest.fixture
def tools(history: Path) -> HistoryTools:
    """The tools over a history of four deliveries."""
    return HistoryTools(history, Places.of_user().accounts, None, {"images": "event:image_*"})


def decoded(answer: Any) -> dict[str, Any]:
    """An answer as its client reads it."""
    found: dict[str, Any] = json.loads(as_line(answer))
    return found


def test_the_newest_that_pass_are_listed(tools: HistoryTools) -> None:
    """Named filters count; their total is printed with those that are shown."""
    answer = decoded(tools.list_deliveries(ListDeliveries(filter="@images", limit=1), REDACTOR))

    assert ([one["seq"] for one in answer["deliveries"]], answer["found"]) == ([2], 2)


def test_a_wrong_filter_is_shown_with_its_part(tools: HistoryTools) -> None:
    with pytest.raises(ProblemError, match="age:x"):
        tools.list_deliveries(ListDeliveries(filter="ping age:x"), REDACTOR)


def test_a_signature_is_explained_by_the_accounts_secrets(tools: HistoryTools) -> None:
    answer = decoded(tools.explain_signature(ExplainSignature(seq=2)))

    assert (answer["cause"], answer["verdict"]) == ("trailing-newline", "invalid")
    assert SECRET not in json.dumps(answer)
    assert {secret.reveal() for secret in tools.account_secrets()} == {SECRET}


def test_two_deliveries_are_compared(tools: HistoryTools) -> None:
    answer = decoded(tools.diff_deliveries(DiffDeliveries(seq=1, other_seq=3), REDACTOR))

    assert (answer["is_same_body"], answer["first_different_byte"]) == (False, 7)
    assert {"path": "$.id", "before": "1", "after": '"a"'} in answer["changes"]
    assert [header["name"] for header in answer["headers"]] == ["x-webhook-event", "x-webhook-signature"]


def test_a_contract_is_of_valid_deliveries(tools: HistoryTools) -> None:
    assert decoded(tools.get_contract(GetContract()))["events"] == [{"event": "image_result", "deliveries": 1}]
    with pytest.raises(ProblemError, match="ping"):
        tools.get_contract(GetContract(event="ping"))


def test_a_number_that_is_not_there_is_a_problem(tools: HistoryTools) -> None:
    with pytest.raises(ProblemError):
        tools.get_delivery(GetDelivery(seq=9), REDACTOR)


def test_a_wait_ends_when_it_is_cancelled(tools: HistoryTools) -> None:
    cancelled = threading.Event()
    cancelled.set()
    answer = decoded(tools.wait_for_delivery(WaitForDelivery(within_seconds=600), REDACTOR, cancelled))

    assert (answer["is_met"], answer["deliveries"]) == (False, [])


def test_a_wait_reads_all_that_is_there(tools: HistoryTools) -> None:
    """However much that is, and within any time."""
    pings = [(OWN, received(b"{}", b"ping"))] * 450
    record(tools.path, *pings, (OWN, received(b"{}", b"last")))

    wait = WaitForDelivery(filter="event:last", within_seconds=0.001, seq=0)
    answer = decoded(tools.wait_for_delivery(wait, REDACTOR, threading.Event()))
    assert (answer["is_met"], [one["event"] for one in answer["deliveries"]]) == (True, ["last"])


def test_a_wait_knows_departures(tools: HistoryTools) -> None:
    """As a list does."""
    bodies = [b'{"id": %d, "name": "x", "data": {"a": 1}}' % number for number in range(30)]
    bodies.append(b'{"id": 99, "name": "x", "data": {"b": 1}}')
    record(tools.path, *((OWN, received(body, b"x")) for body in bodies))

    listed = decoded(tools.list_deliveries(ListDeliveries(filter="departs:*"), REDACTOR))
    wait = WaitForDelivery(filter="departs:*", within_seconds=0.001, seq=0)
    answer = decoded(tools.wait_for_delivery(wait, REDACTOR, threading.Event()))
    assert [one["seq"] for one in answer["deliveries"]] == [one["seq"] for one in listed["deliveries"]] == [35]
