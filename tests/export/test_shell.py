"""Quoting, against real shells: whatever the bytes are, the program gets exactly them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.odd_deliveries import BODIES, HEADERS, TARGETS, arrived, shell, stored, travelling
from tests.export.shell_record import BODIES as RECORDED
from tests.export.shell_record import CONTENTS, FILE, written_body, written_word
from tests.http.echo import echo
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS
from webhook_tui.export.shell import from_base64, text_body, word

pytestmark = [pytest.mark.integration, pytest.mark.portable]

SHELLS = [shell for shell in ("sh", "bash", "dash", "zsh", "ksh", "fish") if shutil.which(shell)]
"""sh is everywhere; the others are tried where they are."""

HOSTILE = st.sampled_from(
    [
        b"'",
        b'"',
        b"\\",
        b"\\\\",
        b"$(x)",
        b"`x`",
        b"%s",
        b"\\n",
        b"!",
        b"\xff",
        b"\x1b[",
        b"\n",
        b"-",
        b"~",
        b"=",
        b"%",
        b"{a,b}",
        b"#",
    ]
)
BYTES = st.lists(HOSTILE | st.binary(max_size=4), max_size=12).map(b"".join)
WORDS = BYTES.map(lambda content: content.replace(b"\0", b"").rstrip(b"\n"))


def printed(shell: str, command: str) -> bytes:
    """Standard output of a command."""
    return subprocess.run([shell, "-c", command], capture_output=True, check=True, timeout=TIMEOUT_SECONDS).stdout


@pytest.mark.parametrize("shell", SHELLS)
@given(words=st.lists(WORDS, min_size=1, max_size=20))
@settings(max_examples=20, deadline=None)
def test_words_reach_the_program(shell: str, words: list[bytes]) -> None:
    """Each as one argument, and none with a character in it that could act on a terminal."""
    quoted = [word(content) for content in words]

    assert printed(shell, f"printf '%s\\0' {' '.join(quoted)}") == b"".join(content + b"\0" for content in words)
    assert all(is_harmless(character) for text in quoted for character in text)


@pytest.mark.parametrize("shell", SHELLS)
@given(bodies=st.lists(BYTES, min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_bodies_reach_the_program(shell: str, bodies: list[bytes]) -> None:
    """As an argument where they are text, else by standard input."""
    for body in bodies:
        text = text_body(body)
        command = from_base64(body, "cat") if text is None else f"printf %s {text}"

        assert printed(shell, command) == body


def test_text_is_readable_and_anything_else_is_not_pasted() -> None:
    """JSON stays JSON; what a terminal would act on goes as base64."""
    assert text_body(b'{"id": 1}') == """'{"id": 1}'"""
    assert text_body("Zoë\n".encode()) == "'Zoë\n'"
    for body in (b"\t", b"\r\n", b"\x00", b"\xff", "\u202e".encode(), b"x" * 70_000):
        assert text_body(body) is None


def test_shells_that_need_not_be_here_read_it_alike() -> None:
    """What each made of these very commands was written down, with its version."""
    record = json.loads(FILE.read_text())

    assert list(record["shells"]) == ["bash", "dash", "zsh", "fish"]
    assert [one["command"] for one in record["read"]] == [
        *map(written_word, CONTENTS),
        *map(written_body, RECORDED),
    ]
    assert all(one["by"] == dict.fromkeys(record["shells"], True) for one in record["read"])


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
        assert sorted(travelling(request.headers)) == sorted(travelling(headers))


@pytest.mark.parametrize("kind", CURLS)
async def test_a_target_arrives_by_curl(kind: str, stand_ins: Path) -> None:
    """Byte for byte and to the host that we name, except for bytes that HTTP cannot carry."""
    requests = await arrived("curl", (stored(target=target) for target in TARGETS), tools(kind, stand_ins))

    assert [request.target for request in requests] == [target.replace("\xe9", "%E9").encode() for target in TARGETS]


@pytest.mark.parametrize("form", ["curl", "httpie"])
async def test_several_commands_make_one_script(form: str, stand_ins: Path) -> None:
    """They run in the order of the deliveries."""
    deliveries = [stored(body, seq=number) for number, body in enumerate(BODIES.values(), start=1)]
    async with echo() as server:
        script = b"".join(FORMATS[form].write(deliveries, Destination(server.url)))
        await shell(script, tools=stand_ins)

    assert [request.body for request in server.requests] == list(BODIES.values())


async def test_a_url_with_a_path_is_used_to_the_letter(stand_ins: Path) -> None:
    """A handler seldom has the path of our receiver."""
    async with echo() as server:
        command = FORMATS["curl"].one(stored(), Destination(f"{server.url}/api/hook?x=1"))
        await shell(command, tools=stand_ins)

    assert server.requests[0].target == b"/api/hook?x=1"


@pytest.mark.parametrize("form", ["curl", "httpie"])
def test_a_command_may_be_shown(form: str) -> None:
    """It holds no character that could act on a terminal."""
    odd = [*(stored(body) for body in BODIES.values()), *(stored(headers=headers) for headers in HEADERS.values())]
    for one in odd:
        command = FORMATS[form].one(one, Destination()).decode()

        assert all(is_harmless(character) or character == "\n" for character in command)


async def test_a_body_arrives_by_httpie(stand_ins: Path) -> None:
    """The stand-in refuses what HTTPie would read as a file or as JSON."""
    requests = await arrived("httpie", map(stored, BODIES.values()), stand_ins)

    assert dict(zip(BODIES, (request.body for request in requests), strict=True)) == BODIES


async def test_headers_arrive_by_httpie(stand_ins: Path) -> None:
    """Those that HTTPie cannot send unchanged are named in a note instead."""
    deliveries = [stored(headers=headers) for headers in HEADERS.values()]
    requests = await arrived("httpie", deliveries, stand_ins)

    for one, request in zip(deliveries, requests, strict=True):
        sent = travelling(one.delivery.headers)
        left_out = [name for name, value in sent if b"caf\xe9" in value]
        assert sorted(travelling(request.headers)) == sorted(
            (name, value) for name, value in sent if name not in left_out
        )
        first_line = FORMATS["httpie"].one(one, Destination()).partition(b"\n")[0]
        assert first_line.startswith(b": 'left out") is bool(left_out)
        assert all(name in first_line for name in left_out)
