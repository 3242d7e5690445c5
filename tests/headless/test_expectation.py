"""The message at the end of a wait."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories import INVALID, NOW, VALID, delivery, row
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.events import HistoryOpened, SessionReady
from webhook_tui.domain.expectation.expectation import Criteria, Expectation
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.headless.expectation import (
    DeliveriesArrived,
    ExitCondition,
    conclusion,
    exit_code,
    history_options,
    intention,
    junit,
    print_outcome,
    wait,
)
from webhook_tui.places import Places
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_query import AccountFilter


def _expectation(criteria: Criteria) -> Expectation:
    expectation = Expectation(criteria)
    for seq, event, verification in ((45, "a", INVALID), (46, "b", VALID), (47, "a", INVALID)):
        expectation.observe(StoredDelivery(row(seq, event=event, verification=verification), delivery()), NOW)
    return expectation


def test_not_in_time() -> None:
    """The near ones by their cause, the others by event."""
    criteria = Criteria(Filter.parse("event:a verdict:valid"), 3, within=60)

    expectation = _expectation(criteria)

    assert exit_code(expectation) == 6
    assert intention(criteria, 44) == "waiting for 3: event:a verdict:valid (60 s, from #45)"
    assert conclusion(expectation, 60.0) == [
        "Not in time: 0 of 3 after 60 s.",
        "Nearest misses, of the 3 others that arrived:",
        "  2  a, invalid: matches no known secret" + " " * 20 + "#45 #47",
        "  1  b" + " " * 54 + "#46",
        "Next: webhook-tui why 45",
    ]


def test_the_next_step_names_the_history_or_says_that_it_is_deleted() -> None:
    """A command that finds no such delivery is no next step."""
    expectation = _expectation(Criteria(Filter.parse("event:a verdict:valid"), 3))
    staging = Places(Path("/c"), Path("/s")).of_profile("staging")

    assert history_options(None, Places(Path("/c"), Path("/s"))) == ""
    options = history_options(Path("a b.db"), staging)
    assert conclusion(expectation, 1.0, options)[-1] == "Next: webhook-tui why 45 --profile staging --db 'a b.db'"
    assert conclusion(expectation, 1.0, None)[-1] == "The history of this run is deleted. Keep it with --db FILE."
    assert "Keep it with --db FILE." in junit(expectation, 1.0, None)


def test_a_wait_for_none_says_that_none_came() -> None:
    """Else its success could not be told from a wait that was cut off."""
    expectation = _expectation(Criteria(none=Filter.parse("event:c"), within=1))

    assert exit_code(expectation) == 0
    assert conclusion(expectation, 1.0) == ["No delivery matched event:c in 1 s."]


def test_a_forbidden_delivery() -> None:
    """It is named, with its cause."""
    expectation = _expectation(Criteria(none=Filter.parse("verdict:invalid"), within=1))

    assert exit_code(expectation) == 7
    assert conclusion(expectation, 0.25) == [
        "A forbidden delivery arrived after 0.25 s: #45 a, invalid: matches no known secret (verdict:invalid).",
        "Nothing else arrived.",
        "Next: webhook-tui why 45",
    ]
    assert exit_code(Expectation(Criteria(none=Filter.parse("x")))) == 0


PING = Filter.parse("event:ping")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty history."""
    path = tmp_path / "deliveries.db"
    DeliveryStore.open(path, started_at=NOW).close()
    return path


def opened(path: Path, seconds: list[float], within: float | None, output: str = "text") -> DeliveriesArrived:
    """A wait for one ping that is ready; `seconds`: its clock."""
    condition = DeliveriesArrived(
        Criteria(PING, 1, None, within), lambda: path, since_seq=None, output=output, clock=lambda: seconds[0]
    )
    condition.on_event(HistoryOpened())
    condition.on_event(SessionReady(None, 9876))
    return condition


async def record(path: Path) -> None:
    """Store a ping."""
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await store.record(delivery(), VALID, account=Account("https://api.example", ""), answered=200)


def test_it_is_met_by_the_delivery(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    condition = opened(path, [0.0], None)
    assert not condition.is_met()
    asyncio.run(record(path))

    assert (condition.is_met(), condition.exit_code) == (True, 0)
    condition.report()
    assert capsys.readouterr().err.splitlines()[0].startswith("waiting for 1: event:ping")


def test_its_time_begins_when_the_session_is_ready(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not there in time is exit code 6; the report for machines is on standard output."""
    seconds = [100.0]
    condition = opened(path, seconds, 30.0, "junit")
    seconds[0] += 29
    assert not condition.is_met()
    seconds[0] += 1

    assert (condition.is_met(), condition.exit_code) == (True, 6)
    condition.report()
    assert capsys.readouterr().out.startswith("<?xml")


def test_a_session_that_ends_before_is_no_failure_of_the_wait(path: Path) -> None:
    condition = opened(path, [0.0], None)
    condition.report()

    assert condition.exit_code == 0


def test_without_a_condition_nothing_ends_the_session() -> None:
    condition = ExitCondition()
    condition.on_event(HistoryOpened())

    assert (condition.is_met(), condition.exit_code, condition.on_signal(2)) == (False, 0, False)


AT_ONCE_PING = Criteria(Filter.parse("event:ping"), 1, None, 0.0)


def outcome(*events: str) -> Expectation:
    """The expectation of a ping after these events."""
    expectation = Expectation(AT_ONCE_PING)
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


def test_a_wait_without_success_has_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says at its start that no session writes the history."""
    path = tmp_path / "deliveries.db"
    DeliveryStore.open(path, started_at=NOW).close()

    assert wait(path, AT_ONCE_PING, AccountFilter(), since_seq=None, output="text") == 6
    assert "No session writes this history now." in capsys.readouterr().err
