"""What a wait prints of its outcome, for people and for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories import NOW, delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.expectation.expectation import Criteria, Expectation
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.headless.expectation import print_outcome, wait
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_query import AccountFilter

PING = Criteria(Filter.parse("event:ping"), 1, None, 0.0)


def outcome(*events: str) -> Expectation:
    """The expectation of a ping after these events."""
    expectation = Expectation(PING)
    for seq, event in enumerate(events, 1):
        expectation.observe(StoredDelivery(row(seq, event=event), delivery()), datetime.now(UTC))
    return expectation


def test_met_prints_the_deliveries(capsys: pytest.CaptureFixture[str]) -> None:
    """As the table of `list`, as its JSON, or as a report."""
    for output, start in (("text", "  #"), ("json", '{"type":"delivery"'), ("junit", "<?xml")):
        print_outcome(outcome("ping"), 1.0, output)
        assert capsys.readouterr().out.startswith(start)
    print_outcome(outcome("ping"), 1.0, "json")
    assert json.loads(capsys.readouterr().out)["seq"] == 1


def test_not_met_prints_why_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    print_outcome(outcome("batch_edit"), 1.0, "text")

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Not in time: 0 of 1 after 1 s.")


def test_a_wait_in_vain_has_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says at its start that no session writes the history."""
    path = tmp_path / "deliveries.db"
    DeliveryStore.open(path, started_at=NOW).close()

    assert wait(path, PING, AccountFilter(), since_seq=None, output="text") == 6
    assert "No session writes this history now." in capsys.readouterr().err
