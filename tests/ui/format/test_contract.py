"""What the contract view says of a field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from tests.domain.contract.events import contract_of
from tests.domain.contract.hostile_names import DATA
from webhook_tui.domain.contract.event_contract import ContractSnapshot, EventContract
from webhook_tui.domain.contract.outline import FieldLine, outline
from webhook_tui.ui.format.contract import as_text, contract_note, event_tabs, field_cell, field_page, filter_text
from webhook_tui.ui.symbols import ASCII, UNICODE

NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)
CONTRACT = contract_of([{"score": 0.5, "token": "x"}] * 205 + [{"score": "high"}] + [{}] * 8)


def _line(contract: EventContract, name: str) -> FieldLine:
    return next(line for line in outline(contract) if line.name == name)


def _snapshot(
    contract: EventContract | None, others: Mapping[str, int] | None = None, *, is_done: bool = True
) -> ContractSnapshot:
    events = {} if contract is None else {contract.name: contract.deliveries}
    return ContractSnapshot(tuple((events | dict(others or {})).items()), contract, 41_200, 1_000_000, is_done)


def test_the_page_says_what_changed_since_when_and_how_often() -> None:
    """Types, when, samples, and what its keys lead to."""
    page = field_page(CONTRACT, _line(CONTRACT, "score"), 54, NOW, UNICODE).plain.splitlines()

    assert page[0] == "$.data.score" + " " * 30 + "image_result"
    assert page[1] == "Changed since Mo 14:23: text in 1; number before."
    assert page[3:6] == [
        "number      205 ━━━━━━━━━━━━━━━━━━━━━━━─ 0.5",
        'string        1 ━─────────────────────── "high"',
        "absent        8 ━─────────────────────── ",
    ]
    assert page[7] == "Since when"
    assert len(page[9]) == len(CONTRACT.timeline.counts)
    assert "Samples" in page
    assert '   206  Mo 14:23  "high"' in page
    assert "   214  Mo 14:23  absent" in page
    assert page[-5:-2] == [
        "enter show the 206 that have it",
        "!     show the 8 that lack it",
        "d     show the 9 that depart",
    ]


def test_cells_are_never_rounded_to_all_or_nothing() -> None:
    """Bars and shares."""
    score = _line(CONTRACT, "score")

    assert field_cell(score, "present", UNICODE, is_reliable=True) == ("━━━━━━━─   96 %", "")
    assert field_cell(score, "present", UNICODE, is_reliable=False) == ("━━━━━━━─   96 %", "muted")
    assert field_cell(_line(CONTRACT, "data"), "present", UNICODE, is_reliable=True) == ("━━━━━━━━  100 %", "muted")
    assert field_cell(score, "type", UNICODE, is_reliable=True) == ("≠ number | string", "attention")
    assert field_cell(score, "type", ASCII, is_reliable=True)[0].isascii()
    assert field_cell(_line(CONTRACT, "token"), "values", UNICODE, is_reliable=True) == ("… 205", "muted")


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        (None, "reading the deliveries"),
        (_snapshot(None), "No valid delivery yet: nothing to describe."),
        (_snapshot(contract_of([{}] * 7)), "valid deliveries of this account, 23 Nov   n = 7: too few to rely on."),
        (_snapshot(CONTRACT), "valid deliveries of this account, 23 Nov   1 change since Mo 14:23"),
        (_snapshot(CONTRACT, is_done=False), "◐ read 41,200 of 1.0 M deliveries  x stops   valid deliveries"),
    ],
)
def test_the_note_says_what_it_is_of(snapshot: ContractSnapshot | None, said: str) -> None:
    """And how far it was read."""
    assert said in contract_note(snapshot, NOW, of_all=False).plain


def test_the_chosen_event_is_always_among_the_names() -> None:
    """However many there are."""
    others = {f"event_{number:02}": number for number in range(30)}
    snapshot = _snapshot(contract_of([{}], "event_25"), others)

    tabs = event_tabs(snapshot, "event_25", 60, UNICODE)

    assert "event_25" in tabs.values()
    assert cell_len("  ".join(tabs)) <= 60


@pytest.mark.parametrize(
    ("event", "path", "term", "text"),
    [
        ("image_result", ("data", "score"), "has:", "event:image_result has:data.score"),
        ("a b", ("data", "a.b"), "!has:", 'event:"a b" !has:data."a.b"'),
        ("ping", ("data",), "departs:", "event:ping departs:data"),
        ("\x1b", ("data",), "has:", None),
        ("ping", ("data", ""), "has:", None),
    ],
)
def test_the_filter_of_a_field(event: str, path: tuple[str, ...], term: str, text: str | None) -> None:
    """None where a name cannot be typed."""
    assert filter_text(event, path, term) == text


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("width", [20, 54])
def test_hostile_names_and_values_are_harmless_and_fit(width: int, glyphs: object) -> None:
    """No control character, and nothing wider than the page."""
    symbols = glyphs if glyphs is ASCII else UNICODE
    contract = contract_of([DATA, {"\x1b]0;x\x07": "\x1b[31m\u202e"}])

    for line in outline(contract):
        page = field_page(contract, line, width, NOW, symbols).plain
        cells = [
            field_cell(line, name, symbols, is_reliable=True)[0] for name in ("field", "type", "present", "values")
        ]
        assert not any(character in page + "".join(cells) for character in "\x1b\x07\u202e")
    assert "\x1b" not in as_text(contract)
