"""Reading deliveries into a contract."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path

from tests.factories import INVALID, PENDING
from tests.storage.contracts.histories import OTHER, OWN, body, execute, record
from webhook_tui.storage.contracts.scan import LARGEST_BODY, ContractScan, Selection
from webhook_tui.storage.database.connection import connect_read_only


def _scan(path: Path, selection: Selection) -> ContractScan:
    scan = ContractScan(selection)
    with closing(connect_read_only(path)) as connection:
        assert scan.extend(connection, until=math.inf)
    return scan


def test_what_is_selected(tmp_path: Path) -> None:
    """Valid deliveries of all accounts, or those of one, or of every verdict; what is no event is counted."""
    path = tmp_path / "h.db"
    record(path, [body({}), b"not JSON", b'"' + b"x" * LARGEST_BODY + b'"'])
    record(path, [body({})], account=OTHER)
    record(path, [body({})], verification=INVALID)

    counts = [
        (sum(one.deliveries for one in scan.state.contract.events.values()), scan.state.contract.others)
        for scan in (
            _scan(path, Selection()),
            _scan(path, Selection((OWN.key,))),
            _scan(path, Selection(all_verdicts=True)),
        )
    ]

    assert counts == [(2, 2), (1, 2), (3, 2)]


def test_a_selection_of_the_only_account_is_that_of_all(tmp_path: Path) -> None:
    """So both share what was read."""
    path = tmp_path / "h.db"
    record(path, [body({})])
    own = Selection((OWN.key,))

    with closing(connect_read_only(path)) as connection:
        alone = own.resolved(connection)
        record(path, [body({})], account=OTHER)
        beside = own.resolved(connection)

    assert (alone, beside) == (Selection(), own)


def test_it_reads_on_where_it_stopped(tmp_path: Path) -> None:
    """A step ends in time, after one delivery at least."""
    path = tmp_path / "h.db"
    record(path, [body({"n": number}) for number in range(3)])
    scan = ContractScan(Selection())

    with closing(connect_read_only(path)) as connection:
        steps = [(scan.extend(connection, until=0), scan.progress(connection)) for _ in range(3)]
        assert scan.extend(connection, until=0)
        record(path, [body({"n": 3})])
        assert not scan.extend(connection, until=0)

    assert steps == [(False, (1, 3)), (False, (2, 3)), (False, (3, 3))]
    assert scan.state.contract.events["image_result"].deliveries == 4


def test_a_step_ends_in_time_where_nothing_is_selected(tmp_path: Path) -> None:
    """A million deliveries of another account are not read in one go."""
    path = tmp_path / "h.db"
    record(path, [body({})] * 501, account=OTHER)
    scan = ContractScan(Selection((OWN.key,)))

    with closing(connect_read_only(path)) as connection:
        steps = [(scan.extend(connection, until=0), scan.progress(connection)) for _ in range(2)]

    assert steps == [(False, (500, 501)), (True, (501, 501))]


def test_a_step_costs_the_same_in_a_long_history(tmp_path: Path) -> None:
    """It reads one delivery, and finds the ends of the history without reading what is between."""
    costs = []
    for count in (10, 400):
        path = tmp_path / f"{count}.db"
        record(path, [body({})] * count)
        with closing(connect_read_only(path)) as connection:
            instructions: list[None] = []
            connection.set_progress_handler(lambda: instructions.append(None), 1)  # noqa: B023 -- called in this turn
            assert not ContractScan(Selection()).extend(connection, until=0)
            costs.append(len(instructions))

    assert costs[0] == costs[1]


def test_it_is_outdated_when_what_was_read_changes(tmp_path: Path) -> None:
    """By another verdict or a deletion; a later delivery changes nothing."""
    path = tmp_path / "h.db"
    record(path, [body({})] * 3)
    record(path, [body({})], verification=PENDING)
    scan = _scan(path, Selection())

    def is_outdated() -> bool:
        with closing(connect_read_only(path)) as connection:
            return scan.is_outdated(connection)

    record(path, [body({})])
    later = is_outdated()
    execute(path, "UPDATE deliveries SET verdict = 'valid' WHERE seq = 4")
    settled = is_outdated()
    execute(path, "DELETE FROM deliveries WHERE seq = 3")

    assert (later, settled, is_outdated()) == (False, True, True)
