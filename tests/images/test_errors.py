"""The sentences about an image that cannot be loaded, where they depend on what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_tui.images import errors


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "The link has expired or is not public (401)."),
        (410, "The image is gone (410)."),
        (500, "The server answered 500 in place of the image."),
    ],
)
def test_an_answer_other_than_200(status: int, message: str) -> None:
    assert errors.refused(status).message == message


def test_an_address_is_not_named_twice() -> None:
    assert errors.not_public("10.0.0.1", "10.0.0.1").message == "Blocked: 10.0.0.1 is an address of your own network."
    named = errors.not_public("cdn.example.com", "10.0.0.1").message
    assert named == "Blocked: cdn.example.com is 10.0.0.1, an address of your own network."


def test_the_size_is_named_where_it_is_known() -> None:
    assert errors.too_large(30_000_000).message == "Not loaded: 30 MB; the limit is 20 MB."
    assert errors.too_large(None).message == "Not loaded: more than 20 MB; the limit is 20 MB."


def test_what_comes_from_outside_is_sanitised() -> None:
    for problem in (
        errors.not_found("a\x1b[2J"),
        errors.unreachable("a\x1b[2J", OSError("\x1b]0;t\a" * 20)),
        errors.other_host("a", "b\x07"),
        errors.too_many_files(Path("a\x1b")),
    ):
        assert problem.message.isprintable()
        assert len(problem.message) < 100
