"""The report of a wait: what it waits for, what arrived, and what arrived instead; as text and as JUnit XML."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.summary import summarize
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode
from webhook_tui.domain.expectation.expectation import Criteria, Expectation, Outcome

_MOST_NUMBERS = 5
_LINE = 58


def exit_code(expectation: Expectation) -> ExitCode:
    """Return how a command ends when the wait is over: 0, 6 (not in time) or 7 (a forbidden delivery arrived)."""
    match expectation.outcome:
        case Outcome.FORBIDDEN:
            return ExitCode.FORBIDDEN
        case Outcome.MET:
            return ExitCode.OK
        case Outcome.WAITING:
            return ExitCode.OK if expectation.criteria.until is None else ExitCode.NOT_IN_TIME


def intention(criteria: Criteria, since_seq: int) -> str:
    """Return `waiting for 3: event:image_result (60 s, from #45)`."""
    words = []
    if criteria.until is not None:
        words.append(f"waiting for {criteria.count}: {visible(criteria.until.text)}")
    if criteria.none is not None:
        words.append(f"{'unless' if words else 'waiting:'} {visible(criteria.none.text)} must not come")
    limit = "" if criteria.within is None else f"{criteria.within:g} s, "
    return f"{', '.join(words)} ({limit}from #{since_seq + 1})"


def progress(expectation: Expectation, stored: StoredDelivery) -> str:
    """Return the line of one delivery that counts."""
    words = (visible(stored.row.event) or "(no event)", visible(summarize(stored.delivery.body).words))
    return f"  {len(expectation.met)} of {expectation.criteria.count}  #{stored.row.seq}  {'  '.join(words)}".rstrip()


def conclusion(expectation: Expectation, seconds: float) -> Sequence[str]:
    """Return the lines that report how the wait ended; none when it was met. `seconds`: its duration."""
    criteria, forbidden = expectation.criteria, expectation.forbidden
    if exit_code(expectation) is ExitCode.OK:
        return []
    if forbidden is not None:
        assert criteria.none is not None
        row = forbidden.row
        what = f"#{row.seq} {_what(row)}"
        first = f"A forbidden delivery arrived after {seconds:.3g} s: {what} ({visible(criteria.none.text)})."
        return [first, *_others(expectation), f"Next: webhook-tui {'why' if row.verdict.is_bad else 'show'} {row.seq}"]
    first = f"Not in time: {len(expectation.met)} of {criteria.count} after {seconds:.3g} s."
    return [first, *_others(expectation)]


def junit(expectation: Expectation, seconds: float) -> str:
    """Return one test suite with a test case for `until` and one for `none`."""
    criteria = expectation.criteria
    lines = "\n".join(conclusion(expectation, seconds))
    cases = []
    if criteria.until is not None:
        is_missed = expectation.outcome is Outcome.WAITING
        cases.append((f"{criteria.count} × {visible(criteria.until.text)}", "not-in-time" if is_missed else ""))
    if criteria.none is not None:
        is_forbidden = expectation.outcome is Outcome.FORBIDDEN
        cases.append((f"none: {visible(criteria.none.text)}", "forbidden" if is_forbidden else ""))
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(bool(kind) for _, kind in cases)),
        "errors": "0",
        "time": f"{seconds:.3f}",
    }
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "webhook-tui wait", "skipped": "0", **counts})
    for name, kind in cases:
        attributes = {"classname": "webhook-tui.wait", "name": name, "time": f"{seconds:.3f}"}
        case = ET.SubElement(suite, "testcase", attributes)
        if kind:
            message = lines.partition("\n")[0]
            ET.SubElement(case, "failure", {"message": message, "type": kind}).text = lines
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _what(row: DeliveryRow) -> str:
    event = visible(row.event) or "(no event)"
    if not row.verdict.is_bad:
        return event if row.verdict.is_good else f"{event}, {row.verdict.value}"
    reason = visible(row.short_reason).rstrip(".")
    return f"{event}, {row.verdict.value}: {reason[:1].lower()}{reason[1:]}"


def _others(expectation: Expectation) -> list[str]:
    """What arrived instead: those that pass at least one term of the filter one by one, the rest by event."""
    if not expectation.others:
        return ["Nothing else arrived."]
    near: defaultdict[str, list[DeliveryRow]] = defaultdict(list)
    far: Counter[str] = Counter()
    for miss in expectation.others.values():
        if miss.terms_met or miss.row.verdict.is_bad:
            near[_what(miss.row)].append(miss.row)
        else:
            far[visible(miss.row.event) or "(no event)"] += 1
    lines = [f"Nearest misses, of the {units.counted(len(expectation.others), 'other')} that arrived:"]
    groups = sorted(near.items(), key=lambda group: -len(group[1]))
    for what, rows in groups:
        numbers = " ".join(f"#{row.seq}" for row in rows[:_MOST_NUMBERS])
        more = "" if len(rows) <= _MOST_NUMBERS else " …"
        lines.append(f"{len(rows):>3}  {what:<{_LINE - 5}}  {numbers}{more}")
    if far:
        lines.append(f"  {'  '.join(f'{count}  {event}' for event, count in far.most_common())}")
    bad = next((rows[0] for _, rows in groups if rows[0].verdict.is_bad), None)
    if bad is not None and expectation.forbidden is None:
        lines.append(f"Next: webhook-tui why {bad.seq}")
    return lines
