"""The page of `show`: nothing of a delivery is left out, and none of it can act on a terminal."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tests.factories import INVALID, NOW, delivery, row
from webhook_tui.domain.answer_rules.answer import RESET
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.headless.delivery_page import DeliveryList, answer_text, delivery_page
from webhook_tui.headless.text_style import TextStyle

HOOK = "/h/4f9c0123456789abcdef0123456789ab"


def test_the_whole_page() -> None:
    """The body indented where it is JSON, every token as received; the path that is a secret is shortened."""
    body = b'{"id": 7, "data": {"n": 1.0e2}}'
    stored = StoredDelivery(
        replace(row(3, event_id="7", verification=INVALID, attempt=2), comment="look\x1b"),
        delivery(body, target=HOOK, headers=((b"X-A", b"1"), (b"X-Longer", b"\x1b[31m"))),
    )
    departure = Departure(("data", "n"), JsonType.STRING, None, 20, 20)

    lines = delivery_page(stored, TextStyle(), NOW, [departure]).split("\n")

    assert lines[0] == "#3  ✗ invalid  ping  attempt 2  answered 200"
    assert lines[1] == INVALID.reason
    assert lines[3].startswith("received   2026-11-23 14:20:02.418 +00:00   66 B   POST /h/4f9c…89ab")
    assert lines[4].startswith("event      7")
    assert lines[5].startswith("departs    $.data.n: ")
    assert lines[6] == "comment    look␛"
    assert lines[8:10] == ["X-A       1", "X-Longer  ␛[31m"]
    assert lines[11:] == ["{", '  "id": 7,', '  "data": {', '    "n": 1.0e2', "  }", "}"]


def test_a_body_that_is_no_json_is_shown_as_received() -> None:
    for body, last in ((b"a\x00\nb", "b"), (b"[" * 1000, "[" * 1000), (b"", "X-Webhook-Event  ping")):
        page = delivery_page(StoredDelivery(row(event=""), delivery(body)), TextStyle(), NOW)
        assert page.split("\n")[-1] == last
        assert "(no event)" in page


def test_an_answer_in_words() -> None:
    assert [answer_text(answered) for answered in (204, RESET, None)] == [
        *("answered 204", "connection reset", "no answer yet"),
    ]


STORED = StoredDelivery(row(42, event="image_\x1b[31mresult" * 9, verification=INVALID), delivery())

SUMMARY = Summary(job="job_7c1e90", status="completed", progress="8/8")


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_line_fits(width: int) -> None:
    """Columns stand below their names; numbers as large as the last one align."""
    table = DeliveryList(TextStyle(width=width), NOW, 123_456)
    header, line = table.header(), table.line(STORED, SUMMARY)

    assert line.startswith("    42  14:20:02  ✗ invalid")
    assert header.index("time") == line.index("14:20:02")
    assert "\x1b" not in line
    if width >= 80:
        assert cell_len(line) <= width
        assert "7c1e90" in line
        assert "8/8" in line


def test_into_a_pipe_the_last_column_is_whole() -> None:
    """A program that searches the lines finds a file by its name."""
    summary = Summary(job="job_7c1e90", status="completed", file="a" * 40 + "\x1b.jpg")
    table = DeliveryList(TextStyle(is_cut=False), NOW, 1)

    assert table.line(STORED, summary).endswith("␛.jpg")
    assert "…" in DeliveryList(TextStyle(), NOW, 1).line(STORED, summary)[-20:]
