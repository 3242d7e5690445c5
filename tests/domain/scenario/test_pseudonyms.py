"""Pseudonyms hide who and what, and keep what a handler reads: shape, equality, states."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.scenario import Pseudonyms

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


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_any_document_is_taken(value: object) -> None:
    """And the same one gives the same pseudonyms."""
    assert Pseudonyms().replace(value) == Pseudonyms().replace(value)
