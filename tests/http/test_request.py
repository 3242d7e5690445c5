"""Requests out of bytes, without a socket: cut anywhere they are the same, and what is wrong is refused where it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webhook_tui.domain.refusal import Refusal
from webhook_tui.http.limits import Limits
from webhook_tui.http.request import Request, RequestParser, RequestRefusedError

COUNTED = b"POST /h?q=1 HTTP/1.1\r\nHost: x\r\nX-One: 1\r\nContent-Length: 4\r\n\r\nbody"
CHUNKED = b"POST /h HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Late: 1\r\n\r\n"


def read(data: bytes, size: int, limits: Limits | None = None) -> list[Request]:
    """The requests in `data`, fed in pieces of `size` bytes."""
    return read_pieces([data[start : start + size] for start in range(0, len(data), size)], limits)


def read_pieces(pieces: Sequence[bytes], limits: Limits | None = None) -> list[Request]:
    """The requests in these pieces."""
    parser = RequestParser(limits or Limits())
    found: list[Request] = []
    for piece in pieces:
        at = 0
        while at < len(piece):
            at = parser.feed(piece, at)
            if parser.is_complete:
                assert parser.request is not None
                found.append(parser.request)
                parser.start_next()
    assert not parser.has_begun
    return found


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_requests_are_the_same_however_they_are_cut(size: int) -> None:
    """One after the other; trailers are no headers."""
    first, second, third = read(COUNTED + CHUNKED + COUNTED, size)

    assert (first.method, first.target, first.path, first.query) == ("POST", b"/h?q=1", b"/h", b"q=1")
    assert first.headers == ((b"Host", b"x"), (b"X-One", b"1"), (b"Content-Length", b"4"))
    assert [each.body for each in (first, second, third)] == [b"body"] * 3
    assert (first.content_length, second.content_length) == (4, None)
    assert len(second.headers) == 2


@pytest.mark.parametrize("chunked", [CHUNKED, CHUNKED.replace(b"X-Late: 1\r\n", b"")], ids=["trailer", "none"])
def test_what_follows_chunks_is_another_request_wherever_they_are_cut(chunked: bytes) -> None:
    """Also where the last chunk is cut within its line, and the rest comes with the next request."""
    sent = chunked + COUNTED
    for cut in range(len(sent)):
        first, second = read_pieces([sent[:cut], sent[cut:]])
        assert (first.body, second.body) == (b"body", b"body"), sent[cut:]
        assert len(second.headers) == 3, sent[cut:]


@pytest.mark.parametrize(
    ("version", "connection", "keeps"),
    [(b"1.1", b"", True), (b"1.1", b"Connection: close\r\n", False), (b"1.0", b"Connection: keep-alive\r\n", False)],
)
def test_a_connection_is_kept_for_http_1_1_that_does_not_close(version: bytes, connection: bytes, keeps: bool) -> None:
    """An HTTP/1.0 client that asks for it may be behind a proxy that does not support it."""
    (request,) = read(b"GET / HTTP/%s\r\nHost: x\r\n%s\r\n" % (version, connection), 1000)
    assert request.keeps_alive is keeps


def test_a_body_has_its_cap_by_its_length_and_by_its_chunks() -> None:
    """By its length before any of it is read."""
    limits = Limits(body_bytes=3)
    parser = RequestParser(limits)
    parser.feed(COUNTED, 0)
    with pytest.raises(RequestRefusedError) as declared:
        parser.require_short_body()
    with pytest.raises(RequestRefusedError) as sent:
        read(CHUNKED, 1000, limits)

    assert declared.value.refusal == Refusal(413, "4 B declared; the limit is 3 B")
    assert sent.value.refusal == Refusal(413, "more came than the limit of 3 B")


_LINES = st.sampled_from(
    [
        *(
            b"Host: x",
            b"Host:x",
            b"Host: ",
            b"host: y",
            b"X-Webhook-Signature: sha256=ab",
            b"X-One: a: b",
            b"X-One: 1 ",
        ),
        *(
            b"X-One:  1",
            b"X-One: 1\t2",
            b"X\xe9: 1",
            b"X-One: \xe9",
            b"X One: 1",
            b": 1",
            b"X-One",
            b" folded",
            b"X:y: 1",
        ),
        *(
            b"Content-Length: 4",
            b"content-length: 4",
            b"Content-Length: 3",
            b"Content-Length: +4",
            b"Content-Length: 4, 4",
        ),
        *(
            b"Content-Length: 04",
            b"Content-Length: 99999999999",
            b"Transfer-Encoding: chunked",
            b"Expect: 100-continue",
        ),
        *(b"Connection: close", b"Connection: Keep-Alive", b"Connection: x, close", b"Upgrade: h2c", b"TE: trailers"),
    ]
)
_FIRST = st.sampled_from(
    [
        *(
            b"POST /h HTTP/1.1",
            b"POST /h?q=1?2 HTTP/1.1",
            b"POST //h HTTP/1.1",
            b"POST /h#f HTTP/1.1",
            b"POST h HTTP/1.1",
        ),
        *(b"POST http://x/h HTTP/1.1", b"POST /h HTTP/1.0", b"POST /h  HTTP/1.1", b"PUT /h HTTP/1.1", b"POST /h"),
        *(b"POST /:@!$&'()*+,;=%zz HTTP/1.1", b"POST /h?/ HTTP/1.1", b"POST /? HTTP/1.1", b"POST * HTTP/1.1"),
    ]
)


_FIELDS = st.lists(_LINES, max_size=3)


@given(
    _FIRST,
    _FIELDS | _FIELDS.map(lambda lines: [b"Host: x", *lines, b"Content-Length: 4"]),
    st.sampled_from([b"\r\n", b"\n"]),
    st.sampled_from([b"body", b"bodyPOST"]),
)
@example(b"POST /h HTTP/1.1", [b"Host: x", b"Content-Length: 4"], b"\r\n", b"body")
def test_an_ordinary_request_is_read_as_httptools_reads_it(
    first: bytes, lines: list[bytes], end: bytes, body: bytes
) -> None:
    """Whatever the short way accepts, the long way accepts with the same result."""
    data = end.join((first, *lines, b"", body))
    short, long = RequestParser(Limits()), RequestParser(Limits())
    if request := short.read_ordinary(data):
        assert long.feed(data, long.feed(data, 0)) == len(data)
        assert long.request is not None
        long.request.began = request.began
        assert short.request == request == long.request
        assert short.is_complete
        assert long.is_complete


def test_an_ordinary_request_is_one_whole_post() -> None:
    """A delivery as PiktID sends it; not without its last byte, nor with more behind it, nor over a limit."""
    assert RequestParser(Limits(head_bytes=len(COUNTED) - 4)).read_ordinary(COUNTED) is not None
    for sent in (COUNTED[:-1], COUNTED + b"POST", COUNTED[:-8], COUNTED.replace(b"X-One: 1", b"X-One")):
        assert RequestParser(Limits()).read_ordinary(sent) is None
    assert RequestParser(Limits(body_bytes=3)).read_ordinary(COUNTED) is None
    assert RequestParser(Limits(head_count=2)).read_ordinary(COUNTED) is None
    assert RequestParser(Limits(head_bytes=len(COUNTED) - 5)).read_ordinary(COUNTED) is None
