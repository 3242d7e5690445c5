"""The curl and HTTPie commands, run by a shell against a real server: what arrives is what was received."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.export.receiving import BODIES, HEADERS, TARGETS, expected, receiving, shell, stored
from tests.export.stand_ins import install
from webhook_tui.domain.headers import Headers
from webhook_tui.domain.text import is_harmless
from webhook_tui.export import FORMATS, Destination

CURLS = ["stand-in", *(["real"] if shutil.which("curl") else [])]
"""The stand-in is as strict as curl's manual; the real one is run as well wherever there is one."""


@pytest.fixture
def tools_of(tmp_path: Path) -> Callable[[str], Path | None]:
    """Where the commands are taken from."""
    stand_ins = install(tmp_path / "bin")
    return lambda kind: stand_ins if kind == "stand-in" else None


@pytest.mark.parametrize("kind", CURLS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_arrives_by_curl(kind: str, body: bytes, tools_of: Callable[[str], Path | None]) -> None:
    """Byte for byte, whatever the shell or curl could see in it."""
    async with receiving() as handler:
        command = FORMATS["curl"].one(stored(body), Destination(handler.url))
        await shell(command, tools=tools_of(kind))

    assert [request.body for request in handler.arrived] == [body]
    assert handler.arrived[0].target == b"/h/abc"


@pytest.mark.parametrize("kind", CURLS)
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
async def test_headers_arrive_by_curl(kind: str, headers: Headers, tools_of: Callable[[str], Path | None]) -> None:
    """Names keep their case, values their bytes, and curl adds none of its own."""
    async with receiving() as handler:
        command = FORMATS["curl"].one(stored(headers=headers), Destination(handler.url))
        await shell(command, tools=tools_of(kind))

    assert sorted(handler.arrived[0].travelling) == sorted(expected(headers))


@pytest.mark.parametrize("kind", CURLS)
@pytest.mark.parametrize("target", TARGETS)
async def test_a_target_arrives_by_curl(kind: str, target: str, tools_of: Callable[[str], Path | None]) -> None:
    """To the letter and to the host that we name, except for bytes that HTTP cannot carry."""
    async with receiving() as handler:
        command = FORMATS["curl"].one(stored(target=target), Destination(handler.url))
        await shell(command, tools=tools_of(kind))

    assert handler.arrived[0].target == target.replace("\xe9", "%E9").encode()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_arrives_by_httpie(body: bytes, tools_of: Callable[[str], Path | None]) -> None:
    """The stand-in refuses what HTTPie would read as a file or as JSON."""
    async with receiving() as handler:
        command = FORMATS["httpie"].one(stored(body), Destination(handler.url))
        await shell(command, tools=tools_of("stand-in"))

    assert [request.body for request in handler.arrived] == [body]


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
async def test_headers_arrive_by_httpie(headers: Headers, tools_of: Callable[[str], Path | None]) -> None:
    """Those that HTTPie cannot send unchanged are named in a comment instead."""
    async with receiving() as handler:
        command = FORMATS["httpie"].one(stored(headers=headers), Destination(handler.url))
        await shell(command, tools=tools_of("stand-in"))

    left_out = [name for name, _ in headers if name == b"X-Latin"]
    assert sorted(handler.arrived[0].travelling) == sorted(
        (name, value) for name, value in expected(headers) if name not in left_out
    )
    assert all(b"left out" in command and name in command for name in left_out)


@pytest.mark.parametrize("form", ["curl", "httpie"])
async def test_several_commands_make_one_script(form: str, tools_of: Callable[[str], Path | None]) -> None:
    """They run in the order of the deliveries."""
    deliveries = [stored(body, seq=number) for number, body in enumerate(BODIES.values(), start=1)]
    async with receiving() as handler:
        script = b"".join(FORMATS[form].write(deliveries, Destination(handler.url)))
        await shell(script, tools=tools_of("stand-in"))

    assert [request.body for request in handler.arrived] == list(BODIES.values())


async def test_a_url_with_a_path_is_used_to_the_letter(tools_of: Callable[[str], Path | None]) -> None:
    """Somebody's handler seldom has the path of our receiver."""
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
