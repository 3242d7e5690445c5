"""Fields that hold a job's id, status, progress and images."""

from __future__ import annotations

from tests.domain.contract.events import contract_of
from webhook_tui.domain.contract.job_fields import found_fields
from webhook_tui.domain.jobs.job import JobFields

USUAL = JobFields()


def test_fields_are_found_by_name_and_values() -> None:
    """Whatever PiktID calls them; the usual ones stay first."""
    data = [
        {
            "jobId": f"job_{number}",
            "task": {"id": number},
            "jobState": "running",
            "percent_done": 33.3,
            "finished_steps": number,
            "total_steps": 8,
            "images": [{"url": f"https://x.example/{number}.png?sig=1", "thumbnail": "https://x.example/t.png"}],
            "homepage": "https://x.example/",
        }
        for number in range(5)
    ]

    found = found_fields([contract_of(data)], USUAL)

    assert found.ids == (*USUAL.ids, "jobId", "task.id")
    assert found.status == (*USUAL.status, "jobState")
    assert found.progress == (*USUAL.progress, "percent_done", "finished_steps/total_steps")
    assert found.images == (*USUAL.images, "images.url")


def test_what_only_looks_like_one_is_not_found() -> None:
    """By its values."""
    data = [
        {"job_id2": 1, "job_uuid": {"a": 1}, "state": f"text {number}", "progress2": 1, "work_progress": 200 * number}
        for number in range(30)
    ]

    assert found_fields([contract_of(data), contract_of([None]), contract_of(["x"])], USUAL) == USUAL
