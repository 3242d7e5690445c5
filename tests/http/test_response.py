"""Answers as bytes."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.http.response import AnswerRenderer, http_date, render


def lines(answer: Answer, *, keeps_alive: bool = True, with_body: bool = True) -> tuple[list[bytes], bytes]:
    """The lines of the head without the date, and the body."""
    data, _ = render(answer, keeps_alive=keeps_alive, with_body=with_body)
    head, _, body = data.partition(b"\r\n\r\n")
    return [line for line in head.split(b"\r\n") if not line.startswith(b"date: ")], body


def test_an_answer_has_its_length_and_says_when_it_is_the_last() -> None:
    """Also an answer without its body, as to HEAD; 204 has neither."""
    answer = Answer(200, b"ok", ((b"X-A", b"1"),))

    assert lines(answer) == ([b"HTTP/1.1 200 OK", b"X-A: 1", b"content-length: 2"], b"ok")
    assert lines(answer, with_body=False) == ([b"HTTP/1.1 200 OK", b"X-A: 1", b"content-length: 2"], b"")
    assert lines(Answer(204, b"ok", ()), keeps_alive=False) == (
        [b"HTTP/1.1 204 No Content", b"connection: close"],
        b"",
    )
    assert lines(Answer(299, b"", ()))[0][0] == b"HTTP/1.1 299 "


def test_headers_of_the_framing_are_ours() -> None:
    """What an app said of the length of another body is not repeated; `close` closes."""
    headers = ((b"Content-Length", b"9"), (b"Transfer-Encoding", b"chunked"), (b"Connection", b"x, Close"))
    data, keeps_alive = render(Answer(200, b"ok", headers), keeps_alive=True)

    assert not keeps_alive
    assert data.lower().count(b"content-length: 2\r\n") == data.lower().count(b"content-length") == 1
    assert b"chunked" not in data


@pytest.mark.parametrize("header", [(b"X-A", b"1\r\nX-B: 2"), (b"X A", b"1"), (b"", b"1"), (b"X-A", b"\0")])
def test_a_header_that_is_none_is_an_error(header: tuple[bytes, bytes]) -> None:
    """It cannot end the head or begin another answer."""
    with pytest.raises(ValueError, match="no header"):
        render(Answer(200, b"", (header,)), keeps_alive=True)


def test_the_answer_before_is_only_sent_again_where_it_is_the_same() -> None:
    """Also to a request of another kind, and whether or not its body is kept."""
    renderer = AnswerRenderer()
    for answer in (Answer(200, b"ok"), Answer(503, b"no"), Answer(200, b"x" * 5_000), Answer(200, b"ok")):
        for keeps_alive, with_body in ((True, True), (True, True), (False, True), (True, False)):
            data, is_kept = renderer.render(answer, keeps_alive, with_body)

            assert _undated(data) == _undated(render(answer, keeps_alive=keeps_alive, with_body=with_body)[0])
            assert is_kept is keeps_alive


def _undated(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\r\n") if not line.startswith(b"date: ")]


def test_an_answer_with_a_header_that_is_none_becomes_a_500(caplog: pytest.LogCaptureFixture) -> None:
    """The log does not name it: it may hold what was received."""
    data, keeps_alive = AnswerRenderer().render(Answer(200, b"ok", ((b"X A", b"secret"),)), True, True)

    assert data.startswith(b"HTTP/1.1 500 ")
    assert not keeps_alive
    assert [record.getMessage() for record in caplog.records] == [
        "An answer had a header that cannot be sent: 500 instead"
    ]


@given(st.integers(0, 253_402_300_799))
def test_a_date_is_written_as_in_mail(seconds: int) -> None:
    """In English, whatever the locale is; up to the year 9999."""
    assert http_date(seconds).decode() == formatdate(seconds, usegmt=True)
