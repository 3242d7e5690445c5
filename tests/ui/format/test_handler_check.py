"""Lines, lamps and pages of a check of a handler."""

from __future__ import annotations

from webhook_tui.domain.forwarding.handler_check import CaseResult, CheckState, Expected, HandlerCheck, HandlerExchange
from webhook_tui.ui.format.handler_check import answered, check_lines, exchange_pages, heading, lamps, meaning
from webhook_tui.ui.symbols import UNICODE

SILENT = CaseResult("a", "first", Expected.ACCEPTED, (), 10.0, "no answer in 10 s", "It counts as failed.", "Start it.")
CHECK = HandlerCheck("http://127.0.0.1:1/", (SILENT, CaseResult("b", "second", Expected.REFUSED)), 1)


def test_a_failed_case_is_explained_below_it_only_where_it_is_narrow() -> None:
    """Wrapped to the width; the reason of no answer comes first."""
    assert [line.text for line in check_lines(CHECK, 40, failed_only=False)] == [
        "",
        "No answer in 10 s. It counts as",
        "failed.",
        "Start it.",
        "",
    ]
    assert [line.case.name for line in check_lines(CHECK, 120, failed_only=False)] == ["a", "b"]
    assert [line.case.name for line in check_lines(CHECK, 120, failed_only=True)] == ["a"]
    assert (answered(SILENT), meaning(SILENT)[:2]) == ("none", "No")


def test_lamps_and_heading() -> None:
    """One cell a case; a stopped check is marked."""
    assert lamps(CHECK, 3.2).plain == "✗◐   0 passed  1 failed   2 of 2 · 3 s"
    stopped = HandlerCheck(CHECK.url, CHECK.cases, 1, CheckState.STOPPED)
    assert lamps(stopped, 3.2).plain == "✗○   0 passed  1 failed   stopped, 1 of 2 · 3 s"
    assert heading("http://a/", 70, UNICODE, is_current=True).cell_length == 70


def test_pages_hold_no_control_characters() -> None:
    """Of the request and of the answer, with why there is none."""
    lost = HandlerExchange("/", ((b"X", b"\x1b[2J"),), b"\x1b]0;x\x07", 9, failure="it hung up")
    pages = exchange_pages((lost, lost))
    assert all(ord(letter) >= 32 or letter == "\n" for page in pages.values() for letter in page.plain)
    assert pages["Request"].plain.startswith("1 of 2\nPOST /")
    assert "none: it hung up" in pages["Answer"].plain
