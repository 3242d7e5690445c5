"""The Answer tab: how a delivery was sent, what was answered, and what to check."""

from __future__ import annotations

from http import HTTPStatus

from msgspec.structs import replace

from tests.factories import NOW
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.ui.format.delivery.forward_result import forward_result_headline, forward_results_text

REPLAYED = ForwardResult(
    1,
    ForwardOrigin.REPLAYED,
    "http://127.0.0.1:3000/hook",
    NOW,
    422,
    ((b"Content-Type", b"text/plain"), (b"Set-Cookie", b"session=1")),
    b"no field \x1b[31mid\n",
    body_size=17,
    seconds=0.031,
    re_signed=True,
)
FORWARDED = replace(REPLAYED, origin=ForwardOrigin.FORWARDED, tries=3, status=None, failure="timed out", body=b"")


def test_a_headline_says_how_it_was_sent() -> None:
    assert forward_result_headline(REPLAYED) == "Replayed, re-signed: 422 in 31 ms."
    assert forward_result_headline(replace(REPLAYED, edited=True, re_signed=False)).startswith(
        "Replayed, edited, original signature:"
    )
    assert forward_result_headline(FORWARDED) == "Forwarded, 3 tries: no answer: timed out."


def test_the_newest_answer_is_shown_whole() -> None:
    """Sensitive headers are not shown, and nothing that was received is raw."""
    lines = forward_results_text([REPLAYED, FORWARDED], NOW).plain.split("\n")

    assert lines[:3] == [
        "Replayed, re-signed  14:20:02.418",
        "to      http://127.0.0.1:3000/hook",
        f"answer  422 {HTTPStatus(422).phrase} in 31 ms",
    ]
    assert "Set-Cookie: (not shown)" in lines
    assert "no field ␛[31mid" in lines
    assert "answer  none: timed out" in lines
    assert lines[-1].startswith("Answers are kept")


def test_a_body_that_is_not_there_or_not_whole_is_named() -> None:
    def last_of(sent: ForwardResult) -> str:
        return forward_results_text([sent], NOW).plain.split("\n")[-3]

    assert last_of(replace(REPLAYED, body=b"", body_size=0)) == "no body"
    assert last_of(replace(REPLAYED, body_size=2_000_000)) == "… of 2 MB"
    assert last_of(replace(REPLAYED, cut=Failure.TIMEOUT)) == f"… cut off after 17 B: {Failure.TIMEOUT.value}"
