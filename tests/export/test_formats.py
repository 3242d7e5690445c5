"""Every export format: what is written is deterministic, and the name of its file holds nothing received."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.export.odd_deliveries import BODIES, EVERYTHING, HEADERS, stored, travelling, written
from tests.http.echo import echo
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.export.formats import FORMATS


@pytest.mark.parametrize("form", FORMATS)
def test_a_form_is_deterministic_and_takes_none(form: str) -> None:
    """Two exports of the same deliveries can be compared; none give a file that is still one of its kind."""
    assert written(form, EVERYTHING) == written(form, EVERYTHING)
    written(form, [])


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_named_by_our_number(form: str) -> None:
    """Nothing received is in a file's name."""
    name = FORMATS[form].file_name(8)

    assert Path(name).name == name
    assert Path(name).stem.replace("_", "-").endswith("delivery-8")


def test_the_payload_is_the_body() -> None:
    """Nothing added, nothing decoded."""
    for body in BODIES.values():
        assert written("payload", [stored(body)]) == body
    assert FORMATS["payload"].file_name(8) == "delivery-8.json"


async def test_raw_requests_can_be_sent_as_they_are() -> None:
    """Over a socket, they arrive as they were received; a target that is not ASCII cannot have been."""
    sendable = [
        one for one in EVERYTHING if one.delivery.headers == HEADERS["as PiktID's"] and one.delivery.target.isascii()
    ]
    async with echo() as server:
        _, port = server.url.removeprefix("http://").split(":")
        for one in sendable:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
            writer.write(written("raw", [one]))
            answer = await asyncio.wait_for(reader.readline(), TIMEOUT_SECONDS)
            writer.close()
            await writer.wait_closed()
            assert answer.startswith(b"HTTP/1.1 200"), one

    for one, request in zip(sendable, server.requests, strict=True):
        assert (request.body, request.target) == (one.delivery.body, one.delivery.target.encode("latin-1"))
        assert travelling(request.headers) == travelling(one.delivery.headers)


def test_a_raw_request_has_its_true_length() -> None:
    """A body that arrived in chunks, and a length that was another's, make no request that is smuggled in."""
    chunked = written("raw", [stored(b"abc", headers=HEADERS["of one connection"])])
    wrong = written("raw", [stored(b"abc", headers=((b"content-LENGTH", b"1"), (b"X-A", b"1\r\nX-B: 2")))])

    assert chunked.endswith(b"\r\nContent-Length: 3\r\n\r\nabc")
    assert b"ransfer" not in chunked
    assert wrong == b"POST /h/abc HTTP/1.1\r\ncontent-LENGTH: 3\r\n\r\nabc"
