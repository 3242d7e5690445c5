"""Which events a filter leaves out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.factories import INVALID, NOW, PENDING, VALID, delivery, row
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import DeliveryStored, Forwarded, SessionReady, VerdictChanged
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.headless.delivery_selection import DeliveryCommand, DeliverySelection


def test_what_passes_only_later_comes_then_and_whole() -> None:
    """A pending delivery is left out, with everything about it; once valid, it is shown in its present state."""
    selection = DeliverySelection(Filter.parse("verdict:valid"))
    stored, valid = DeliveryStored(row(verification=PENDING), delivery()), VerdictChanged(row(verification=VALID))
    forwarded = Forwarded(ForwardResult(1, ForwardOrigin.FORWARDED, "http://a", NOW, 200))

    assert selection.select(stored) is None
    assert selection.select(VerdictChanged(row(verification=PENDING))) is None
    assert selection.select(forwarded) is None
    assert selection.select(valid) == DeliveryStored(row(verification=VALID), delivery())
    assert selection.select(forwarded) == forwarded
    assert selection.select(valid) == valid


def test_large_deliveries_that_do_not_pass_are_not_all_kept() -> None:
    """Anyone can send them; of one that is not kept any more, only the new verdict is shown."""
    selection = DeliverySelection(Filter.parse("verdict:valid"))
    large = delivery(bytes(10 * 1024 * 1024))
    for seq in range(1, 5):
        assert selection.select(DeliveryStored(row(seq, verification=PENDING), large)) is None
    first, last = (VerdictChanged(row(seq, verification=VALID)) for seq in (1, 4))

    assert selection.select(first) == first
    assert selection.select(last) == DeliveryStored(last.row, large)


def test_what_is_about_no_delivery_passes() -> None:
    """Also without a filter."""
    ready = SessionReady(None, 1)

    assert DeliverySelection(Filter.parse("event:x")).select(ready) == ready
    assert DeliverySelection(None).select(ready) == ready


def program(path: Path, source: str) -> str:
    """A shell script; the words of a command that runs it."""
    path.write_text(f"#!/bin/sh\n{source}\n")
    path.chmod(0o755)
    return f"'{path}' \"one argument\""


def test_it_gets_each_valid_delivery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the JSON of `listen` by standard input, and no secret of ours in its environment."""
    monkeypatch.setenv("PIKTID_TOKEN", "canary")
    log = tmp_path / "log"
    notes: list[str] = []
    command = DeliveryCommand(
        program(tmp_path / "a program", f'cat >> {log}; echo "$1|$PIKTID_TOKEN" >> {log}'), notes.append
    )
    command.on_event(DeliveryStored(row(1), delivery()))
    command.on_event(DeliveryStored(row(2, verification=INVALID), delivery()))
    command.on_event(DeliveryStored(row(3, verification=PENDING), delivery()))
    command.on_event(VerdictChanged(row(3, verification=VALID)))
    command.on_event(VerdictChanged(row(1, verification=VALID)))
    command.close()

    lines = log.read_text().splitlines()
    assert sorted(json.loads(line)["seq"] for line in lines if line.startswith("{")) == [1, 3]
    assert lines.count("one argument|") == 2
    assert notes == []


def test_a_failure_is_a_note(tmp_path: Path) -> None:
    notes: list[str] = []
    for words in (program(tmp_path / "fails", "exit 3"), "/nowhere/program"):
        command = DeliveryCommand(words, notes.append)
        command.on_event(DeliveryStored(row(7), delivery()))
        command.close()

    assert notes == [
        f"{tmp_path / 'fails'} ended with 3 for #7.",
        f"/nowhere/program cannot be run for #7: {os.strerror(2)}.",
    ]


@pytest.mark.parametrize("words", ["", "  ", "'open"])
def test_words_that_are_no_command(words: str) -> None:
    with pytest.raises(ProblemError):
        DeliveryCommand(words, print)
