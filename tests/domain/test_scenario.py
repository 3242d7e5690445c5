"""Scenario files, and the pseudonyms in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.scenario import (
    Fault,
    Pseudonyms,
    Scenario,
    ScenarioError,
    ScenarioStep,
    read_scenario,
    write_scenario,
)

SCENARIO = Scenario(
    steps=(
        ScenarioStep(after_seconds=0.0, event=1, attempt=1, name="ping", data={}),
        ScenarioStep(after_seconds=2.5, event=2, attempt=2, name="x", data={"a": [1.5]}, fault=Fault.NEWLINE),
    ),
    skipped=(7,),
)


def test_a_scenario_is_read_as_it_was_written() -> None:
    """Steps, faults and what was skipped."""
    assert read_scenario(write_scenario(SCENARIO)) == SCENARIO


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"steps": [{"after_seconds": "1"}]}', r"Expected `float`, got `str` - at `\$.steps\[0\].after_seconds`"),
        (write_scenario(SCENARIO).replace(b'"newline"', b'"rain"'), "Invalid enum value 'rain'"),
        (write_scenario(SCENARIO).replace(b'"version": 1', b'"version": 2'), "version 2, not"),
        (write_scenario(SCENARIO).replace(b"2.5", b"-2.5"), "negative"),
        (write_scenario(SCENARIO).replace(b"1.5", b"[" * 600 + b"]" * 600), "deeper than 500 levels"),
    ],
)
def test_what_is_no_scenario_is_refused(content: bytes, reason: str) -> None:
    """With the place and what was expected there."""
    with pytest.raises(ScenarioError, match=reason):
        read_scenario(content)


DATA = {
    "job_id": "job_ec536688",
    "image_result_id": 12345,
    "identity_code": "abc1234567xy",
    "identity_name": "Ada Lovelace",
    "status": "completed",
    "job_type": "model_swap",
    "progress": 33.3,
    "image_index": 2,
    "created_at": "2026-11-23T14:20:02Z",
    "original_filename": "ada-in-london.jpg",
    "output": {"full_size": "https://d1.cloudfront.net/ada/output_0_0_v0.jpg?Signature=abc", "format": "https://x/y"},
    "error_message": None,
}


def test_identities_files_and_links_are_replaced() -> None:
    """What stays says how far the job is, not whose it is."""
    assert Pseudonyms().replace(DATA) == {
        "job_id": "job_00000001",
        "image_result_id": 2,
        "identity_code": "000000000003",
        "identity_name": "text-4",
        "status": "completed",
        "job_type": "model_swap",
        "progress": 33.3,
        "image_index": 2,
        "created_at": "2026-11-23T14:20:02Z",
        "original_filename": "file-5.jpg",
        "output": {"full_size": "https://cdn.example.com/6.jpg", "format": "https://cdn.example.com/7"},
        "error_message": None,
    }


def test_equal_values_get_equal_pseudonyms() -> None:
    """A job keeps its id from event to event; another job gets another one."""
    pseudonyms = Pseudonyms()
    first, same, other = (
        pseudonyms.replace({"job_id": job}) for job in ("job_ec536688", "job_ec536688", "job_aaaaaaa1")
    )

    assert first == same != other


def test_numbers_are_replaced_where_the_name_says_that_they_are_ids() -> None:
    """Also as PiktID's notifications (`id_task`) and other programs spell it."""
    names = ("id", "image_id", "ids", "id_task", "id_image", "imageId", "ID", "job")

    assert Pseudonyms().replace(dict.fromkeys(names, 90_412)) == dict.fromkeys(names, 1)
    assert Pseudonyms().replace({"width": 7, "paid": 7, "jobs": 7}) == {"width": 7, "paid": 7, "jobs": 7}


def test_links_of_pseudonyms_can_lead_elsewhere() -> None:
    """However deep they stand; other links and texts stay as they are."""
    kept = {"page": "https://piktid.com/a.png", "text": "see https://cdn.example.com/1", "n": 1}
    link = "https://cdn.example.com/6.jpg"
    step = ScenarioStep(
        after_seconds=0, event=1, attempt=1, name="x", data={"link": link, "inputs": [{"link": link}], **kept}
    )
    moved = "http://127.0.0.1:8080/sandbox/images/6.jpg"

    changed = step.data_with_links("http://127.0.0.1:8080/sandbox/images")

    assert changed == {"link": moved, "inputs": [{"link": moved}], **kept}
    assert step.data_with_links("https://cdn.example.com") == step.data


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_any_document_is_taken(value: object) -> None:
    """And the same one gives the same pseudonyms."""
    assert Pseudonyms().replace(value) == Pseudonyms().replace(value)
