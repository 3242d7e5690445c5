"""The tools that read the history: also while a session writes it, and when none runs. They change nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from msgspec import UNSET

from webhook_tui.domain.comparison.diff import changed_paths, first_difference
from webhook_tui.domain.contract.json_schema import DIALECT, event_schema
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.diagnostics.report import LARGEST_COMPARED, MOST_RECENT, stored_report
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.expectation.expectation import Criteria, Expectation, Outcome
from webhook_tui.domain.filtering.filter import NO_NAMES, Filter, FilterError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.headless import messages
from webhook_tui.headless.expectation import conclusion
from webhook_tui.headless.mcp import tools
from webhook_tui.headless.mcp.answers import UNTRUSTED, Redactor, delivery_answer, list_answer
from webhook_tui.headless.signature_page import signature_record
from webhook_tui.headless.signing.stored_accounts import all_stored_secrets, stored_ring
from webhook_tui.storage.contracts.history_contract import DepartureReader, HistoryContract
from webhook_tui.storage.history_query import HistoryQuery
from webhook_tui.storage.history_watch import HistoryWatch

_POLL_SECONDS = 0.1
_MOST_CHANGES = 100
_MOST_NAMED = 10
_MOST_WHOLE = 5
"""Deliveries that a wait answers with their bodies; more are listed."""


class HistoryTools:
    """Answers from one history. Every method blocks, may be called from any thread, and raises ProblemError."""

    def __init__(
        self, history: Path, accounts: Path, token: Secret | None, filters: Mapping[str, str] = NO_NAMES
    ) -> None:
        """`accounts`: the file with the secret rings. `token`: a signature that was made with it is recognised.

        `filters`: what `@name` stands for in a filter.
        """
        self.path = history
        self._accounts = accounts
        self._token = token
        self._filters = filters

    def list_deliveries(self, arguments: tools.ListDeliveries, redactor: Redactor) -> Mapping[str, object]:
        """Return the newest deliveries that pass the filter."""
        chosen = self._filter(arguments.filter)
        with HistoryQuery(self.path) as history:
            expression = None if chosen is None else chosen.expression
            found = history.seqs(expression, datetime.now(UTC))
            deliveries = list(history.deliveries(found[-arguments.limit :]))
        return list_answer(deliveries, len(found), redactor)

    def get_delivery(self, arguments: tools.GetDelivery, redactor: Redactor) -> Mapping[str, object]:
        """Return one delivery with a part of its body."""
        return delivery_answer(self.stored(arguments.seq), redactor, offset=arguments.offset)

    def explain_signature(self, arguments: tools.ExplainSignature) -> Mapping[str, object]:
        """Return why a delivery has its verdict, by the secrets of the account that received it."""
        seq = arguments.seq
        with HistoryQuery(self.path) as history:
            stored = history.stored(seq)
            recent = history.recent(seq, MOST_RECENT, LARGEST_COMPARED)
            account = history.account(seq)
        report = stored_report(stored, stored_ring(self._accounts, account), self._token, recent, time.monotonic)
        record = dict(signature_record(report, stored.row))
        untrusted = f"reason, why, change, received and notes may quote what comes {UNTRUSTED}"
        return {"type": record.pop("type"), "untrusted": untrusted, **record}

    def diff_deliveries(self, arguments: tools.DiffDeliveries, redactor: Redactor) -> Mapping[str, object]:
        """Return in which JSON paths, bytes and headers two deliveries differ."""
        one, other = (redactor.delivery(self.stored(seq)) for seq in (arguments.seq, arguments.other_seq))
        before, after = one.delivery.body, other.delivery.body
        changes = changed_paths(before, after)
        shown = None if changes is None else changes[:_MOST_CHANGES]
        return {
            "type": "diff",
            "seq": arguments.seq,
            "other_seq": arguments.other_seq,
            "is_same_body": before == after,
            "sizes": [len(before), len(after)],
            "first_different_byte": None if before == after else first_difference(before, after),
            "untrusted": f"changes and headers come {UNTRUSTED}",
            "changes": None
            if shown is None
            else [{"path": each.path, "before": each.before, "after": each.after} for each in shown],
            "more_changes": 0 if changes is None else len(changes) - len(shown or ()),
            "headers": _header_changes(one, other),
        }

    def get_contract(self, arguments: tools.GetContract) -> Mapping[str, object]:
        """Return which events there are, or the schema of one, from the valid deliveries of every account."""
        with HistoryQuery(self.path) as history, HistoryContract(history.path) as reader:
            contract = reader.read()
        events = contract.ordered()
        answer: dict[str, object] = {
            "type": "contract",
            "untrusted": f"names of events and everything in the schema come {UNTRUSTED}",
            "events": [{"event": one.name, "deliveries": one.deliveries} for one in events],
        }
        if arguments.event:
            if arguments.event not in contract.events:
                raise ProblemError(messages.no_valid_delivery(arguments.event, [one.name for one in events]))
            answer["schema"] = {"$schema": DIALECT, **event_schema(contract.events[arguments.event])}
        return answer

    def wait_for_delivery(
        self, arguments: tools.WaitForDelivery, redactor: Redactor, cancelled: threading.Event
    ) -> Mapping[str, object]:
        """Wait until the deliveries are there or the time is over; `cancelled` ends it, too."""
        criteria = Criteria(
            self._filter(arguments.filter) or Filter.parse(""), arguments.count, None, arguments.within_seconds
        )
        began = time.monotonic()
        since_seq = None if arguments.seq is UNSET else arguments.seq
        with (
            closing(HistoryWatch(self.path, since_seq=since_seq)) as watch,
            closing(DepartureReader(lambda: self.path, *criteria.expressions)) as departures,
        ):
            is_written = watch.is_written()
            expectation = Expectation(criteria, departures)
            while expectation.outcome is Outcome.WAITING and not cancelled.is_set():
                left = began + arguments.within_seconds - time.monotonic()
                _observe_new(watch, expectation, cancelled)
                if left <= 0 or expectation.outcome is not Outcome.WAITING:
                    break
                cancelled.wait(min(_POLL_SECONDS, left))
        seconds = time.monotonic() - began
        met = list(expectation.met.values())
        return {
            "type": "wait",
            "is_met": expectation.outcome is Outcome.MET,
            "seconds": round(seconds, 3),
            "session_runs": is_written,
            "missing": [line for line in conclusion(expectation, seconds) if not line.startswith("Next: ")],
            "deliveries": [delivery_answer(stored, redactor) for stored in met]
            if len(met) <= _MOST_WHOLE
            else list_answer(met, len(met), redactor)["deliveries"],
        }

    def stored(self, seq: int) -> StoredDelivery:
        """Return a delivery. Raises ProblemError also when it is not stored."""
        with HistoryQuery(self.path) as history:
            return history.stored(seq)

    def _filter(self, text: str) -> Filter | None:
        """The filter; None for an empty one."""
        if not text.strip():
            return None
        try:
            return Filter.parse(text, self._filters)
        except FilterError as error:
            raise ProblemError(messages.invalid_filter(error.part, str(error).rstrip("."))) from error

    def account_secrets(self) -> Sequence[Secret]:
        """Return every token and signing secret that is kept, which no answer may hold."""
        return all_stored_secrets(self._accounts)


def _observe_new(watch: HistoryWatch, expectation: Expectation, cancelled: threading.Event) -> None:
    """Read what is new until the outcome is known."""
    while expectation.outcome is Outcome.WAITING and not cancelled.is_set() and (found := watch.poll()):
        for stored in found:
            expectation.observe(stored, datetime.now(UTC))


def _header_changes(one: StoredDelivery, other: StoredDelivery) -> Sequence[Mapping[str, object]]:
    """The headers that only one of them has or whose values differ, by name in lower case."""
    before, after = (
        {
            name.lower(): [value for key, value in stored.delivery.headers if key.lower() == name.lower()]
            for name, _ in stored.delivery.headers
        }
        for stored in (one, other)
    )
    return [
        {
            "name": name.decode("latin-1"),
            "before": [value.decode("latin-1") for value in before.get(name, [])],
            "after": [value.decode("latin-1") for value in after.get(name, [])],
        }
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]
