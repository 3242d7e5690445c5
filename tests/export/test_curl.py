"""The curl and HTTPie commands, run by a shell against a real server: what arrives is what was received."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.export.receiving import BODIES, HEADERS, TARGETS, arrived, expected, receiving, shell, stored
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS

pytestmark = [pytest.mark.integration, pytest.mark.portable]

CURLS = ["stand-in", *(["real"] if shutil.which("curl") else [])]
"""The stand-in is as strict as curl's manual; the real one is run as well wherever there is one."""


def tools(kind: str, stand_ins: Path) -> Path | None:
    """Where the commands are taken from."""
    return stand_ins if kind == "stand-in" else None


@pytest.mark.parametrize("kind", CURLS)
async def test_a_body_arrives_by_curl(kind: str, stand_ins: Path) -> None:
    """Byte for byte, whatever the shell or curl could see in it."""
    requests = await arrived("curl", map(stored, BODIES.values()), tools(kind, stand_ins))

    assert dict(zip(BODIES, (request.body for request in requests), strict=True)) == BODIES
    assert {request.target for request in requests} == {b"/h/abc"}


@pytest.mark.parametrize("kind", CURLS)
async def test_headers_arrive_by_curl(kind: str, stand_ins: Path) -> None:
    """Names keep their case, values their bytes, and curl adds none of its own."""
    requests = await arrived("curl", (stored(headers=headers) for headers in HEADERS.values()), tools(kind, stand_ins))

    for headers, request in zip(HEADERS.values(), requests, strict=True):
        assert sorted(request.travelling) == sorted(expected(headers))


@pytest.mark.parametrize("kind", CURLS)
async def test_a_target_arrives_by_curl(kind: str, stand_ins: Path) -> None:
    """Byte for byte and to the host that we name, except for bytes that HTTP cannot carry."""
    requests = await arrived("curl", (stored(target=target) for target in TARGETS), tools(kind, stand_ins))

    assert [request.target for request in requests] == [target.replace("\xe9", "%E9").encode() for target in TARGETS]


@pytest.mark.parametrize("form", ["curl", "httpie"])
async def test_several_commands_make_one_script(form: str, stand_ins: Path) -> None:
    """They run in the order of the deliveries."""
    deliveries = [stored(body, seq=number) for number, body in enumerate(BODIES.values(), start=1)]
    async with receiving() as handler:
        script = b"".join(FORMATS[form].write(deliveries, Destination(handler.url)))
        await shell(script, tools=stand_ins)

    assert [request.body for request in handler.arrived] == list(BODIES.values())


async def test_a_url_with_a_path_is_used_to_the_letter(stand_ins: Path) -> None:
    """A handler seldom has the path of our receiver."""
    async with receiving() as handler:
        command = FORMATS["curl"].one(stored(), Destination(f"{handler.url}/api/hook?x=1"))
        await shell(command, tools=stand_ins)

    assert handler.arrived[0].target == b"/api/hook?x=1"


@pytest.mark.parametrize("form", ["curl", "httpie"])
def test_a_command_may_be_shown(form: str) -> None:
    """It holds no character that could act on a terminal."""
    odd = [*(stored(body) for body in BODIES.values()), *(stored(headers=headers) for headers in HEADERS.values())]
    for one in odd:
        command = FORMATS[form].one(one, Destination()).decode()

        assert all(is_harmless(character) or character == "\n" for character in command)
