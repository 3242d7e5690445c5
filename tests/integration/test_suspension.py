"""The terminal is lent to an editor, or given back to the shell: the screen comes back and says what happened."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.integration.terminal import Terminal, terminal

SHELL = ("-c", "import os; os.execvp('bash', ['bash', '--norc', '--noprofile', '--noediting', '-i'])")
SCRIPT = """\
case $(cat "$0.does") in
fails) exit 3 ;;
killed) stty raw -echo -opost; printf '\\033[?1002h'; kill -9 $$ ;;
deletes) rm "$1" ;;
empties) : >"$1" ;;
returns) true ;;
waits) echo "Editing"; read -r line ;;
esac
"""


@asynccontextmanager
async def _sandbox(editor: str = "vi") -> AsyncIterator[Terminal]:
    async with terminal("--sandbox", "--port", "0", EDITOR=editor) as screen:
        await screen.until("✓ valid")
        yield screen
        screen.press("q")
        assert await screen.ended() == 0
        assert screen.unrestored == set()


async def test_an_editor_that_goes_wrong(tmp_path: Path) -> None:
    """The screen returns with a notice, takes keys, and leaves the terminal as it was."""
    script = tmp_path / "editor.sh"
    script.write_text(SCRIPT)
    shall_do = Path(f"{script}.does").write_text
    async with _sandbox(f"sh {shlex.quote(str(script))}") as screen:
        for does, words in {
            "fails": "The editor failed with exit code 3. Nothing was sent.",
            "killed": "The editor was ended by SIGKILL. Nothing was sent.",
            "deletes": "The editor left no file. Nothing was sent.",
            "empties": "The editor left the file empty. Nothing was sent.",
            "returns": "The editor saved nothing: nothing was sent.",
        }.items():
            shall_do(does)
            await screen.pressing("R", words)
            await screen.until("✓ valid")
        shall_do("waits")
        await screen.pressing("R", "Editing")
        await screen.pressing("ctrl+c", "The editor was ended by SIGINT. Nothing was sent.")


async def test_an_editor_that_is_not_there() -> None:
    """The same; what its name would do to a terminal is not done."""
    async with _sandbox("/nowhere/\x1b]0;ed") as screen:
        await screen.pressing("R", "could not be started.")
        assert b"\x1b]0;ed" not in screen.output


async def test_ctrl_z_and_fg() -> None:
    """The shell has the terminal meanwhile; then the screen says that it was stopped, and leaving restores."""
    async with terminal(program=SHELL, PS1="$ ") as shell:
        shell.type(f"{shlex.quote(sys.executable)} -m webhook_tui --sandbox --port 0\r")
        await shell.until("✓ valid")
        await shell.pressing("ctrl+z", "webhook-tui: the screen is stopped, deliveries are still received.")
        await shell.until("Stopped")
        assert shell.unrestored == set()
        shell.type("fg\r")
        await shell.until("The screen was stopped. Deliveries were received and answered meanwhile.")
        await shell.until("✓ valid")
        await shell.pressing("q", "Leaving: ")
        shell.type("echo left with $?\r")
        await shell.until("left with 0")
        assert shell.unrestored == set()


async def test_ctrl_z_without_a_shell() -> None:
    """Without a shell that could continue it, it is not stopped, and a notice gives the reason."""
    async with _sandbox() as screen:
        await screen.pressing("ctrl+z", "There is no shell here that ctrl+z could return to.")
        await screen.until("✓ valid")


async def test_stopped_by_a_signal_that_cannot_be_caught() -> None:
    """After SIGSTOP and SIGCONT the screen is drawn again, and keys are read by one thread only."""
    async with _sandbox() as screen:
        os.kill(screen.pid, signal.SIGSTOP)
        os.kill(screen.pid, signal.SIGCONT)
        await screen.until("The screen was stopped. Deliveries were received and answered meanwhile.")
        screen.press("?")
        await screen.dialog("why this verdict")
        screen.press("esc")
        await screen.gone("why this verdict")
