"""Images in a terminal that draws them, in one that answers late, and within tmux."""

from __future__ import annotations

import io
import os
import re
from base64 import b64decode
from pathlib import Path

from PIL import Image

from tests.integration.terminal import ALTERNATE_SCREEN, NORMAL_SCREEN, Terminal, terminal
from webhook_tui.ui.terminal.kitty_graphics import PLACEHOLDER

QUERY = b"\x1b_Gi=4242424,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>q\x1b[16t\x1b[c"
ANSWER = b"\x1b_Gi=4242424;OK\x1b\\\x1bP>|kitty(0.36.4)\x1b\\\x1b[6;20;10t\x1b[?62;52;c"
_CODE = re.compile(
    rb"\x1b_G(?:(?:a=t,t=d,f=100,i=(?P<sent>\d+),)?q=2,m=(?P<more>[01]);(?P<content>[A-Za-z0-9+/=]*)"
    rb"|a=p,U=1,i=(?P<placed>\d+),p=1,c=(?P<columns>\d+),r=(?P<rows>\d+),q=2"
    rb"|a=d,d=I,i=(?P<deleted>\d+),q=2"
    rb"|i=4242424,s=1,v=1,a=q,t=d,f=24;AAAA)\x1b\\"
)
_PASSED_ON = re.compile(rb"\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\")


def _images(output: bytes) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Pixels and cells of the images that a terminal holds after an output. Fails for a code that it cannot read.

    They are what was decoded and encoded again: no metadata.
    """
    content, sending, held = b"", b"", dict[bytes, tuple[bytes, tuple[int, int]]]()
    codes = list(_CODE.finditer(output))
    assert len(codes) == output.count(b"\x1b_")
    for code in codes:
        if code["content"] is not None:
            assert len(code["content"]) <= 4096
            sending, content = code["sent"] or sending, content + code["content"]
            if code["more"] == b"0":
                held[sending], content = (b64decode(content), (0, 0)), b""
        elif code["placed"]:
            assert not content
            held[code["placed"]] = held[code["placed"]][0], (int(code["columns"]), int(code["rows"]))
        elif code["deleted"]:
            del held[code["deleted"]]
    images = [(Image.open(io.BytesIO(png), formats=["PNG"]), cells) for png, cells in held.values()]
    assert all(image.load() and not image.info for image, _ in images)
    return sorted((image.size, cells) for image, cells in images)


def _shown(screen: Terminal) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return _images(bytes(screen.output))


def _covered_lines(text: str) -> list[int]:
    """How many cells of an image each line has that has some."""
    return [count for line in text.splitlines() if (count := line.count(PLACEHOLDER))]


async def _go_to_image(screen: Terminal) -> None:
    """Open the newest valid image of the sandbox."""
    await screen.until("look-1.jpg")
    await screen.pressing("/", "esc Clear")
    screen.type("event:image_result verdict:valid")
    await screen.pressing("enter", lambda text: re.search(r"\d of \d+  / event:image_result", text))
    await screen.until(lambda text: re.search(r"Raw +Image", text))
    screen.press("o")


async def test_a_terminal_that_draws_images() -> None:
    """A key between its answers is pressed; images are sent again after an editor had the terminal, none is left.

    On a busy machine it would answer after the program's deadline, so there is none.
    """
    fault = "no_answer_deadline"
    async with terminal("--sandbox", "--port", "0", columns=140, lines=42, fault=fault, EDITOR="true") as screen:
        await _go_to_image(screen)
        await screen.until(lambda _: QUERY in screen.output)
        end = ANSWER.index(b"\\") + 1
        screen.send(ANSWER[:5])
        screen.send(ANSWER[5:end] + b"z" + ANSWER[end:])

        await screen.until(lambda text: _covered_lines(text) == [52] * 20)
        assert _shown(screen) == [((256, 384), (26, 20))] * 2
        await screen.until(lambda text: re.search(r"drawn +kitty graphics,\n.*  256×384 pixels", text))

        await screen.pressing("R", "The editor saved nothing: nothing was sent.")
        before, after = bytes(screen.output).split(NORMAL_SCREEN)
        assert _images(before) == []
        await screen.until(lambda _: len(_shown(screen)) == 2)
        assert ALTERNATE_SCREEN in after

        await screen.pressing("J", "Jobs")
        await screen.dialog("esc Deliveries")
        screen.press("enter")
        await screen.until(lambda text: "List v" in text and _covered_lines(text))
        assert any(columns <= 29 and rows <= 11 for _, (columns, rows) in _shown(screen))

        screen.press("ctrl+c")
        assert await screen.ended() == 0
        assert screen.unrestored == set()
        assert _images(bytes(screen.output).rpartition(NORMAL_SCREEN)[0]) == []


async def test_a_terminal_that_answers_late() -> None:
    """Half blocks at first; its answer is no key, and counts for the image that is loaded next."""
    async with terminal("--sandbox", "--port", "0", columns=140, lines=42) as screen:
        await _go_to_image(screen)
        await screen.until("half blocks")
        assert _shown(screen) == []
        screen.send(ANSWER + b"z")
        await screen.until("half blocks, ")
        await screen.until(lambda text: len(_covered_lines(text)) == 20)
        assert _shown(screen) == [((256, 384), (26, 20))]
        assert bytes(screen.output).count(QUERY) == 1


async def test_within_tmux(tmp_path: Path) -> None:
    """Tmux is asked; each code is passed on to the terminal around it, again when the pane has the focus."""
    command = tmp_path / "tmux"
    command.write_text("#!/bin/sh\necho '1|kitty(0.36.4)|xterm-kitty|8|16'\n")
    command.chmod(0o755)
    environment = {"TERM": "tmux-256color", "TMUX": "/nowhere", "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    async with terminal("--sandbox", "--port", "0", columns=140, lines=42, **environment) as screen:
        await _go_to_image(screen)
        await screen.until(lambda text: _covered_lines(text) == [32] * 24)

        def passed_on() -> bytes:
            return b"".join(_PASSED_ON.findall(screen.output)).replace(b"\x1b\x1b", b"\x1b")

        assert b"\x1b_" not in _PASSED_ON.sub(b"", bytes(screen.output))
        assert b"a=q" not in passed_on()
        assert _images(passed_on()) == [((256, 384), (32, 24))]
        sent = passed_on().count(b"a=t")
        screen.send(b"\x1b[O\x1b[I")
        await screen.until(lambda _: passed_on().count(b"a=t") > sent)
        screen.press("ctrl+c")
        assert await screen.ended() == 0
        assert _images(passed_on()) == []
