"""One delivery as the terms about headers and body see it; what a comparison means for each kind of value."""

from __future__ import annotations

import pytest

from webhook_tui.domain.filtering.content import Content
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.filtering.terms import BodyIs, HeaderIs, JobIs, StatusIs, Text
from webhook_tui.domain.jobs.job import USUAL_FIELDS

CONTENT = Content(
    ((b"X-A", b"caf\xe9"), (b"x-a", b"2")),
    b'{"s": "Text", "n": 7, "t": "7", "b": true, "z": null, "o": {"k": 1}, "l": [1, 2], "data": {"job_id": "job_1"}}',
    USUAL_FIELDS,
)


def holds(text: str, content: Content = CONTENT) -> bool:
    """Whether the one term of a filter is true."""
    term = parse(text).branches[0].terms[0]
    assert isinstance(term, Text | JobIs | StatusIs | HeaderIs | BodyIs)
    return content.holds(term)


@pytest.mark.parametrize(
    ("text", "is_true"),
    [
        ("body.s=text", True),
        ("body.s>q", True),
        ("body.s>u", False),
        ("body.n=7.0", True),
        ("body.n>6", True),
        ("body.n>a", False),
        ("body.t>6", True),
        ('body.n="7"', False),
        ("body.b=true", True),
        ("body.b>0", False),
        ("body.z=null", True),
        ("body.o=1", False),
        ("body.o.k=1", True),
        ("body.l.1=2", True),
        ("body.n!=8", True),
        ("body.gone!=8", False),
        ("header:x-a=café", True),
        ("header:x-a!=2", False),
        ("job:1", True),
    ],
)
def test_a_comparison(text: str, is_true: bool) -> None:
    """Text in any case, numbers by size, true and null by their word; what is not there is not unequal either."""
    assert holds(text) is is_true


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff", b"7", b'{"data": 7}'])
def test_any_body_can_be_asked(body: bytes) -> None:
    content = Content((), body, USUAL_FIELDS)

    assert not any(holds(text, content) for text in ("has:a", "job:1", "status:failed", '"nothing"'))
