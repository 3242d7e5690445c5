"""The sample jobs: names of the documented job API only, and a play that does not stop."""

from __future__ import annotations

import itertools
import json
import random
import re

import pytest

from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.scenario import Fault
from webhook_tui.sandbox.jobs import (
    FIRST_ID,
    failed_job,
    first_jobs,
    following_jobs,
    identity_job,
    image_job,
    sample_body,
    sample_data,
    sample_job,
)

DOCUMENTED = {
    *("error_message", "group_index", "identity_code", "identity_name", "image_index", "job_id", "job_type", "link"),
    *("original_filename", "download_filename", "inputs", "output", "processed_images", "processing_time", "progress"),
    *("quality_score", "status", "total_images", "version", "preprocessing_status", "should_post_process"),
    *("post_processing_status", "post_processing_error"),
}

SEEN_IN_CODE = {"image_result_id", "model_used", "output_format"}


def test_samples_use_names_of_the_job_api() -> None:
    """A field is documented there, or was seen in PiktID's code."""
    chance = random.Random(1).random
    for sample in itertools.chain(image_job(chance), identity_job(chance), failed_job(chance)):
        assert sample.name in KNOWN_EVENTS
        assert set(sample.data) <= DOCUMENTED | SEEN_IN_CODE
        assert sample.data["job_id"]


def test_a_job_counts_its_images_and_ends() -> None:
    """Status first, then each image and the status after it; the last status is terminal."""
    samples = list(image_job(random.Random(1).random, images=2))

    statuses = [sample.data for sample in samples if sample.name == "batch_edit"]
    assert [data["processed_images"] for data in statuses] == [0, 1, 2]
    assert [data["progress"] for data in statuses] == [0, 50, 100]
    assert [data["status"] for data in statuses] == ["processing", "processing", "completed"]
    assert [sample.data["image_index"] for sample in samples if sample.name == "image_result"] == [0, 1]


def test_values_have_the_types_seen_in_piktids_code() -> None:
    """Progress is a float, a version begins at 0, an image result's id is an integer, some links are signed."""
    samples = list(image_job(random.Random(1).random, images=3))
    images = [sample.data for sample in samples if sample.name == "image_result"]
    statuses = [sample.data for sample in samples if sample.name == "batch_edit"]
    identity = next(identity_job(random.Random(1).random)).data

    assert [data["progress"] for data in statuses] == [0.0, 33.3, 66.7, 100.0]
    assert all(isinstance(data["progress"], float) for data in statuses)
    assert {data["version"] for data in images} == {0}
    assert all(isinstance(data["image_result_id"], int) for data in images)
    links = [str(data["output"]) for data in images]
    assert ["Key-Pair-Id=" in link for link in links] == [False, True, False]
    assert re.fullmatch(r"[a-z]{3}[0-9]{7}[a-z]{2}", str(identity["identity_code"]))


def test_the_same_chance_gives_the_same_jobs() -> None:
    """Nothing but the given chance decides."""
    assert list(image_job(random.Random(7).random)) == list(image_job(random.Random(7).random))


def test_another_kind_of_job_is_refused() -> None:
    """By name, with the names that there are."""
    with pytest.raises(ValueError, match="not one of image, identity, failed"):
        sample_job("other", random.random)


@pytest.mark.parametrize("name", KNOWN_EVENTS)
def test_a_sample_of_each_known_event(name: str) -> None:
    """As the last event of its job; a ping has no data. Ids are larger than real ones."""
    sample = json.loads(sample_body(name))

    assert sample["name"] == name
    assert FIRST_ID <= sample["id"] < 2**31
    assert sample["data"].get("status", "completed") == "completed"
    assert bool(sample["data"]) is (name != "ping")


def test_an_unknown_event_has_no_data() -> None:
    assert sample_data("image_upscaled", random.Random(1).random) == {}


def test_the_first_jobs_are_short_and_have_each_fault_once() -> None:
    """Six events and more within four seconds."""
    steps = list(first_jobs(random.Random(1).random, with_faults=True))

    assert len(steps) >= 6
    assert sum(step.after_seconds for step in steps) < 4
    wrong = [step.fault for step in steps if step.fault is not None]
    assert sorted(wrong) == sorted(
        {
            Fault.ANSWER_LOST,
            Fault.FORGED,
            Fault.NO_SIGNATURE,
            Fault.OLDER,
            Fault.UPPER_CASE,
            Fault.NEWLINE,
            Fault.LOSE,
            Fault.ALTER,
        }
    )


def test_a_job_begins_every_so_many_seconds() -> None:
    """However many events the one before had."""
    elapsed = 0.0
    begins: dict[object, float] = {}
    for step in itertools.islice(following_jobs(random.Random(1).random, every_seconds=20), 60):
        elapsed += step.after_seconds
        begins.setdefault(step.sample.data["job_id"], elapsed)
        assert step.fault is None

    assert list(begins.values()) == [20.0 * (number + 1) for number in range(len(begins))]
    assert len(begins) > 8
