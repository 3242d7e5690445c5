"""The contract of a history for a command or a search."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.factories import NOW
from tests.storage.contracts.histories import body, execute, record, record_two_accounts
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.storage.contracts.cache import WORTHWHILE, cache_path
from webhook_tui.storage.contracts.history_contract import DepartureReader, HistoryContract
from webhook_tui.storage.history_query import HistoryQuery
from webhook_tui.storage.search.search import find_in_history


def test_a_large_history_is_read_once(tmp_path: Path) -> None:
    """The next reader begins where the last one ended; a small history leaves no file."""
    path = tmp_path / "h.db"
    record(path, [body({"n": 1})] * 3)
    with HistoryContract(path) as reader:
        reader.read()
    assert not cache_path(path).exists()

    record(path, [body({"n": 1})] * WORTHWHILE)
    with HistoryContract(path) as reader:
        first = reader.read()
    execute(path, "UPDATE bodies SET body = '{}'")  # so that to read them again would show
    record(path, [body({"m": 1})])
    with HistoryContract(path) as reader:
        second = reader.read()

    assert first.events["image_result"].deliveries == WORTHWHILE + 3
    assert second.events["image_result"].deliveries == WORTHWHILE + 4
    assert second.events["image_result"].field_at(("data", "n")) is not None


def test_a_delivery_is_compared_with_those_before_it(tmp_path: Path) -> None:
    """They are read as far as that takes."""
    path = tmp_path / "h.db"
    record(path, [body({"n": 1})] * 25)
    with HistoryContract(path) as reader:
        record(path, [body({"n": "x"}), body({"n": 2}), b"no JSON"])
        with HistoryQuery(path) as history:
            notes = [[one.sentence for one in reader.departures(history.stored(seq))] for seq in (25, 26, 27, 28)]

    assert notes == [[], ["a whole number in 26 deliveries, text here"], [], []]


def test_a_filter_compares_each_delivery_with_those_of_its_own_account(tmp_path: Path) -> None:
    """As the note of the delivery does."""
    path = tmp_path / "h.db"
    record_two_accounts(path)
    with closing(DepartureReader(lambda: path, parse("departs:data.n"))) as departures, HistoryQuery(path) as history:
        departures.read()
        notes = [[one.sentence for one in departures(history.stored(seq))] for seq in (25, 50, 51, 52)]

    own, other = "a whole number in 25 deliveries, text here", "text in 25 deliveries, a whole number here"
    assert notes == [[], [], [own], [other]]
    assert find_in_history(path, parse("departs:data.n"), NOW) == [51, 52]
