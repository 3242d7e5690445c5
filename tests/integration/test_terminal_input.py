"""Whatever a terminal sends, its size and its encoding: the screen goes on and fits."""

from __future__ import annotations

from tests.integration.terminal import Terminal, terminal

MOUSE_ON = b"\x1b[?1000h"


def _x10(button: int, column: int, line: int) -> bytes:
    return b"\x1b[M" + bytes((32 + button, 32 + column, 32 + line))


async def _asked_for_the_mouse(screen: Terminal, times: int) -> None:
    await screen.until(lambda _: screen.output.count(MOUSE_ON) >= times)


NOISE = (
    bytes(range(0x80, 0x100)),
    b"\x1b[1114112u",
    b"\x1b[55296u",
    b"\x1b[48;0;0;0;0t",
    b"\x1b[48;60000;60000;1;1t",
    b"\x1b[200~\xff\x00\x1b[201~",
)
"""Not UTF-8, keys that no character has, windows without a cell or with too many."""
CLICKS = (b"\x1b[M \x84%", b"\x1b[M" + bytes(3), b"\x1b[<0;9999;9999M\x1b[<64;0;0M")
"""With a coordinate that is not UTF-8, with coordinates that are none, outside."""


async def test_any_byte() -> None:
    """Keys are handled afterwards, over the table as in a field; nothing ends the program."""
    async with terminal("--sandbox", "--port", "0") as screen:
        await screen.until("✓ valid")
        screen.send(b"".join(CLICKS + NOISE))
        screen.press("?")
        await screen.dialog("why this verdict")
        screen.press("esc")
        await screen.gone("why this verdict")
        await screen.pressing("/", "esc Clear")
        screen.send(b"".join(NOISE))
        screen.type("no_such_word")
        await screen.until("no_such_word")
        screen.press("ctrl+c")
        assert await screen.ended() == 0
        assert screen.unrestored == set()


async def test_reports_of_old_terminals() -> None:
    """X10's and urxvt's form of a click open what is clicked, also where a coordinate is no UTF-8."""
    async with terminal("--sandbox", "--port", "0", columns=140) as screen:
        await screen.until("✓ valid")
        await screen.until("Headers")
        column, line = screen.place("Headers")
        assert column > 95
        screen.send(_x10(0, column, line) + _x10(3, column, line))
        await screen.until("Content-Type")
        column, line = screen.place("Payload")
        screen.send(b"\x1b[32;%d;%dM\x1b[35;%d;%dM" % (column, line, column, line))
        await screen.until('"name": ')


async def test_the_mouse_is_asked_for_again() -> None:
    """When the terminal has the focus again, and when it has another size: it may be another one."""
    async with terminal("--sandbox", "--port", "0") as screen:
        await screen.until("✓ valid")
        before = screen.output.count(MOUSE_ON)
        screen.send(b"\x1b[O\x1b[I")
        await _asked_for_the_mouse(screen, before + 1)
        before = screen.output.count(MOUSE_ON)
        screen.resize(100, 30)
        await _asked_for_the_mouse(screen, before + 1)


async def test_the_terminal_knows_its_size() -> None:
    """COLUMNS and LINES, which containers export, do not count; not after a resize either."""
    async with terminal("--sandbox", "--port", "0", columns=120, lines=30, COLUMNS="80", LINES="10") as screen:
        await screen.until(lambda _: _is_full(screen))
        screen.resize(110, 33)
        await screen.until(lambda _: _is_full(screen))


def _is_full(screen: Terminal) -> bool:
    """The key bar is the last line, and the longest line has the terminal's width."""
    lines = screen.screen.split("\n")
    return "q Leave" in lines[-1] and any(len(line) > screen.columns - 30 for line in lines)


async def test_a_locale_without_utf_8() -> None:
    """Only ASCII is drawn, and what is printed afterwards is ASCII, too."""
    async with terminal("--sandbox", "--port", "0", LC_ALL="C") as screen:
        await screen.until("+ valid")
        screen.press("q")
        assert await screen.ended() == 0
    assert bytes(screen.output).isascii()
    assert b"\\u" not in screen.output
    assert "Leaving: " in screen.after_the_screen
