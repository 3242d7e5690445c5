"""What ends `listen --until`: its outcome, its time, or nothing."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.events import HistoryOpened, SessionReady
from webhook_tui.domain.expectation.expectation import Criteria
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.headless.expectation import DeliveriesArrived, ExitCondition
from webhook_tui.storage.history import DeliveryStore

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
