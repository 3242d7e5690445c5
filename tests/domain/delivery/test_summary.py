"""What a payload is about, in three words."""

from __future__ import annotations

import pytest

from webhook_tui.domain.delivery.summary import Summary, summarize


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b'{"job_id": "job_ec536688", "status": "new", "original_filename": "a"}', ("ec536688", "new", "a")),
        (b'{"job_id": "468154a6-01f3", "processed_images": 5, "total_images": 8}', ("468154a6", "", "5/8")),
        (b'{"id_task": 7, "progress": 40.0}', ("7", "", "40 %")),
        (b'{"original_filename": 3}', ("", "", "")),
        (b"{}", ("", "", "")),
    ],
)  # fmt: skip
def test_job_status_and_result(data: bytes, summary: tuple[str, str, str]) -> None:
    """From the usual names of fields; a file's name before the progress."""
    assert summarize(b'{"id": 1, "data": ' + data + b"}") == Summary(*summary)


def test_what_is_no_event_has_none() -> None:
    """Whatever the body is."""
    assert summarize(b"\xff") == summarize(b"[]") == Summary()
    assert Summary("a", "", "b").words == "a  b"
