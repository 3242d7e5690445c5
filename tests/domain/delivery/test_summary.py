"""What a payload is about: job, status, progress, file and quality score."""

from __future__ import annotations

import pytest

from webhook_tui.domain.delivery.summary import Summary, summarize, summary_from_text


@pytest.mark.parametrize(
    ("data", "summary", "words"),
    [
        (b'{"job_id": "job_ec536688", "status": "new", "original_filename": "a"}',
         Summary("job_ec536688", "new", "", "a"), "ec536688  new  a"),
        (b'{"job_id": "468154a6-01f3", "processed_images": 5, "total_images": 8}',
         Summary("468154a6-01f3", "", "5/8"), "468154a6  5/8"),
        (b'{"id_task": 7, "progress": 40.0}', Summary("7", "", "40 %"), "7  40 %"),
        (b'{"original_filename": 3, "status": [1]}', Summary(), ""),
        (b'{"original_filename": "i/b\\\\c.png", "quality_score": 0.5}', Summary(file="c.png", quality="0.5"), "c.png"),
        (b'{"download_filename": "http://a.b/x/y.jpg?/q", "quality_score": "high"}', Summary(file="y.jpg"), "y.jpg"),
        (b'{"quality_score": 1e999, "status": false}', Summary("", "false"), "false"),
        (b"{}", Summary(), ""),
    ],
)  # fmt: skip
def test_job_status_and_result(data: bytes, summary: Summary, words: str) -> None:
    """From the usual names of fields; a file's name before the progress."""
    found = summarize(b'{"id": 1, "data": ' + data + b"}")
    assert found == summary
    assert found.words == words


def test_what_is_no_event_has_none() -> None:
    """A body that is not JSON is distinguished from JSON without an event."""
    assert summarize(b"\xff") == Summary(is_json=False)
    assert summarize(b"[]") == Summary()


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("", Summary()),
        ("job_ec536688 processing 3/8", Summary("job_ec536688", "processing", "3/8")),
        ("job_1 completed", Summary("job_1", "completed")),
        ("id_1 5 %", Summary("id_1", "", "5 %")),
        ("40 %", Summary("", "", "40 %")),
        ("processing 3/8", Summary("", "processing", "3/8")),
        ("a b c", Summary("a", "b c")),
    ],
)
def test_the_text_of_earlier_versions_is_read(text: str, summary: Summary) -> None:
    """Into the values of which the text was made."""
    assert summary_from_text(text) == summary
    assert summary.text == text
