"""The curl and HTTPie commands, run by a shell against a real server: what arrives is what was received."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.export.receiving import BODIES, HEADERS, TARGETS, Arrived, expected, receiving, shell, stored
from tests.export.stand_ins import install
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS

pytestmark = [pytest.mark.integration, pytest.mark.portable]

CURLS = ["stand-in", *(["real"] if shutil.which("curl") else [])]
"""The stand-in is as strict as curl's manual; the real one is run as well wherever there is one."""


@pytest.fixture
def tools_of(tmp_path: Path) -> Callable[[str], Path | None]:
    """Where the commands are taken from."""
    stand_ins = install(tmp_path / "bin")
    return lambda kind: stand_ins if kind == "stand-in" else None


async def arrived(form: str, deliveries: Iterable[StoredDelivery], tools: Path | None) -> list[Arrived]:
    """Every delivery's own command, run by itself, and the outcome."""
    async with receiving() as handler:
        for one in deliveries:
            await shell(FORMATS[form].one(one, Destination(handler.url)), tools=tools)
    return handler.arrived


@pytest.mark.parametrize("kind", CURLS)
async def test_a_body_arrives_by_curl(kind: str, tools_of: Callable[[str], Path | None]) -> None:
    """Byte for byte, whatever the shell or curl could see in it."""
    requests = await arrived("curl", map(stored, BODIES.values()), tools_of(kind))

    assert dict(zip(BODIES, (request.body for request in requests), strict=True)) == BODIES
    assert {request.target for request in requests} == {b"/h/abc"}


@pytest.mark.parametrize("kind", CURLS)
async def test_headers_arrive_by_curl(kind: str, tools_of: Callable[[str], Path | None]) -> None:
    """Names keep their case, values their bytes, and curl adds none of its own."""
    requests = await arrived("curl", (stored(headers=headers) for headers in HEADERS.values()), tools_of(kind))

    for headers, request in zip(HEADERS.values(), requests, strict=True):
        assert sorted(request.travelling) == sorted(expected(headers))


@pytest.mark.parametrize("kind", CURLS)
async def test_a_target_arrives_by_curl(kind: str, tools_of: Callable[[str], Path | None]) -> None:
    """Byte for byte and to the host that we name, except for bytes that HTTP cannot carry."""
    requests = await arrived("curl", (stored(target=target) for target in TARGETS), tools_of(kind))

    assert [request.target for request in requests] == [target.replace("\xe9", "%E9").encode() for target in TARGETS]


async def test_a_body_arrives_by_httpie(tools_of: Callable[[str], Path | None]) -> None:
    """The stand-in refuses what HTTPie would read as a file or as JSON."""
    requests = await arrived("httpie", map(stored, BODIES.values()), tools_of("stand-in"))

    assert dict(zip(BODIES, (request.body for request in requests), strict=True)) == BODIES


async def test_headers_arrive_by_httpie(tools_of: Callable[[str], Path | None]) -> None:
    """Those that HTTPie cannot send unchanged are named in a note instead."""
    deliveries = [stored(headers=headers) for headers in HEADERS.values()]
    requests = await arrived("httpie", deliveries, tools_of("stand-in"))

    for one, request in zip(deliveries, requests, strict=True):
        sent = expected(one.delivery.headers)
        left_out = [name for name, value in sent if b"caf\xe9" in value]
        assert sorted(request.travelling) == sorted((name, value) for name, value in sent if name not in left_out)
        first_line = FORMATS["httpie"].one(one, Destination()).partition(b"\n")[0]
        assert first_line.startswith(b": 'left out") is bool(left_out)
        assert all(name in first_line for name in left_out)


@pytest.mark.parametrize("form", ["curl", "httpie"])
async def test_several_commands_make_one_script(form: str, tools_of: Callable[[str], Path | None]) -> None:
    """They run in the order of the deliveries."""
    deliveries = [stored(body, seq=number) for number, body in enumerate(BODIES.values(), start=1)]
    async with receiving() as handler:
        script = b"".join(FORMATS[form].write(deliveries, Destination(handler.url)))
        await shell(script, tools=tools_of("stand-in"))

    assert [request.body for request in handler.arrived] == list(BODIES.values())


async def test_a_url_with_a_path_is_used_to_the_letter(tools_of: Callable[[str], Path | None]) -> None:
    """A handler seldom has the path of our receiver."""
    async with receiving() as handler:
        command = FORMATS["curl"].one(stored(), Destination(f"{handler.url}/api/hook?x=1"))
        await shell(command, tools=tools_of("stand-in"))

    assert handler.arrived[0].target == b"/api/hook?x=1"


@pytest.mark.parametrize("form", ["curl", "httpie"])
def test_a_command_may_be_shown(form: str) -> None:
    """It holds no character that could act on a terminal."""
    odd = [*(stored(body) for body in BODIES.values()), *(stored(headers=headers) for headers in HEADERS.values())]
    for one in odd:
        command = FORMATS[form].one(one, Destination()).decode()

        assert all(is_harmless(character) or character == "\n" for character in command)
