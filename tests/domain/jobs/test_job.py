"""What a job id is and where the rest stands: tolerant, bounded, and a setting."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.delivery.event import Event
from webhook_tui.domain.delivery.summary import event_summary
from webhook_tui.domain.jobs.job import (
    JobFields,
    job_ids,
    job_images,
    job_progress,
    job_status,
    worst,
)
from webhook_tui.domain.payload.json_decoder import values_at
from webhook_tui.domain.signature.verdict import Verdict

USUAL = JobFields()
LINK = "https://cdn.example.com/1.png"
FIELDS = st.sampled_from(["a", "b", "a.b", "b.0", "job_id", "identity_code"])
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["", "t"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(FIELDS, below, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"job_id": "job_7"}, ["job_7"]),
        ({"job_id": 90412, "task_id": "t", "x": "y"}, ["90412", "t"]),
        ({"job_id": "a", "job": "a"}, ["a"]),
        ({"job_id": True, "job": None, "task_id": 1.5}, []),
        ({"job_id": ""}, []),
        ({"job_id": "x" * 513}, []),
        ({"job_id": ["a"]}, []),
        (None, []),
        ([{"job_id": "a"}], []),
        ("job_id", []),
    ],
)
def test_job_ids(data: object, expected: list[str]) -> None:
    """Strings and whole numbers, each once, in the order of the fields."""
    assert job_ids(data) == expected


def test_a_field_may_be_a_path_or_have_a_dot_in_its_name() -> None:
    """Into objects and lists; the name as it is written comes first; no more than twenty."""
    assert job_ids({"job": {"id": 7}}, ["job.id"]) == ["7"]
    assert job_ids({"job.id": "a", "job": {"id": 7}}, ["job.id"]) == ["a"]
    assert job_ids({"jobs": [{"id": 1}, {"id": 2}, 3]}, ["jobs.id"]) == ["1", "2"]
    assert job_ids({"jobs": ["a", "b"]}, ["jobs.1"]) == ["b"]
    assert len(job_ids({"jobs": [{"id": n} for n in range(100)]}, ["jobs.id"])) == 20


@pytest.mark.parametrize(
    ("data", "status", "progress"),
    [
        ({"status": "processing", "processed_images": 3, "total_images": 8, "progress": 37}, "processing", "3/8"),
        ({"preprocessing_status": "completed", "progress": 100}, "completed", "100 %"),
        ({"status": 3, "progress": 12.5, "processed_images": 3}, "3", "12.5 %"),
        ({"progress": 100 / 3}, "", "33.3 %"),
        ({"progress": 99.97}, "", "99.9 %"),
        ({"status": True}, "true", ""),
        ({"status": "", "preprocessing_status": "failed", "progress": True}, "failed", ""),
        ({"progress": 10**400}, "", f"{'1' + '0' * 79}"),
        ({"status": "x" * 200}, "x" * 80, ""),
        ({"progress": "half"}, "", ""),
    ],
)
def test_status_and_progress(data: dict[str, Any], status: str, progress: str) -> None:
    """The first field that has one; nothing that is none."""
    assert job_status(data, USUAL) == status
    assert job_progress(data, USUAL) == progress


@given(DATA, st.lists(FIELDS, max_size=4))
def test_a_field_that_is_not_there_changes_nothing(data: object, names: list[str]) -> None:
    """The job, the status and the progress are the first of the values of all their fields."""
    found = [value for name in names for value in _values(data, name)]
    numbers = [value for value in found if type(value) is int or type(value) is float]
    together = {str(place): value for place, value in enumerate(found)}
    places = list(together)

    assert job_status(data, JobFields(status=names)) == job_status(together, JobFields(status=places))
    assert job_progress(data, JobFields(progress=names)) == (
        job_progress({"0": numbers[0]}, JobFields(progress=["0"])) if numbers else ""
    )
    if isinstance(data, dict):
        fields = JobFields(ids=names, status=names, progress=names)
        summary = event_summary(Event(data=data), fields)
        assert summary.job == next(iter(job_ids(data, (*names, "identity_code"))), "")
        assert (summary.status, summary.progress) == (job_status(data, fields), job_progress(data, fields))


def _values(data: object, name: str) -> list[object]:
    if isinstance(data, dict) and name in data:
        return [data[name]]
    return values_at(data, name.split(".")) if "." in name else []


def test_images_are_links_that_may_be_opened() -> None:
    """Whole links only, each once, at most nine; thumbnails are the same image."""
    assert job_images({"output": {"full_size": LINK, "thumbnail": f"{LINK}?thumb"}}, USUAL) == (LINK,)
    results = [{"output": {"full_size": f"{LINK}?{n}"}} for n in (1, 2, 2)]
    assert job_images({"results": results}, USUAL) == (f"{LINK}?1", f"{LINK}?2")
    for odd in (
        "javascript:alert(1)",
        f"see {LINK}",
        "https://cdn\u202e.example.com/x",
        "https://u@example.com/",
        3,
        None,
    ):
        assert job_images({"output": {"full_size": odd}}, USUAL) == ()
    many = [{"output": {"full_size": f"{LINK}?{n}"}} for n in range(50)]
    assert len(job_images({"results": many}, USUAL)) == 9


def test_the_fields_are_settings() -> None:
    """All of them, for the table's words, too."""
    fields = JobFields(ids=["task"], status=["state"], progress=["n/of", "pct"], images=["url"])
    data = {"task": "t1", "state": "done", "n": 1, "of": 2, "url": LINK, "job_id": "no", "status": "no"}
    assert job_ids(data, fields.ids) == ["t1"]
    assert job_images(data, fields) == (LINK,)
    assert event_summary(Event(data=data), fields).text == "t1 done 1/2"
    assert event_summary(Event(data=data)).text == "no no"
    assert event_summary(Event(data={"identity_code": "id_1", "progress": 5})).text == "id_1 5 %"


def test_the_worst_verdict() -> None:
    """A forgery before what arrived without a signature, and both before what is only not known yet."""
    ranked = [Verdict.INVALID, Verdict.MALFORMED, Verdict.MISSING, Verdict.PENDING, Verdict.OLDER, Verdict.VALID]
    for at in range(len(ranked)):
        assert worst(reversed(ranked[at:])) is ranked[at]
    assert worst([]) is Verdict.VALID
