"""Which command has the clipboard, what it is given, and the toast when there is none."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.timeouts import until
from tests.ui.stage import stage
from webhook_tui.ui.terminal.desktop import clipboard_command, copy_by_command, open_in_browser

URL = "https://example.com/a?b=c&d='%20;id"
XCLIP = ["xclip", "-selection", "clipboard"]
WL_COPY = ["wl-copy", "--type", "text/plain"]


@pytest.mark.parametrize(
    ("platform", "environ", "missing", "expected"),
    [
        ("darwin", {}, "", ["pbcopy"]),
        ("darwin", {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, "", None),
        ("darwin", {"SSH_TTY": "/dev/ttys001"}, "", None),
        ("linux", {"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, "", None),
        ("linux", {"DISPLAY": ":0"}, "", XCLIP),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "", WL_COPY),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wl-copy", XCLIP),
        ("linux", {"DISPLAY": ":0", "WSL_DISTRO_NAME": "Ubuntu"}, "", ["clip.exe"]),
        ("linux", {"DISPLAY": ":0"}, "xclip", None),
        ("linux", {}, "", None),
        ("win32", {}, "", ["clip.exe"]),
    ],
)
def test_which_command(platform: str, environ: Mapping[str, str], missing: str, expected: Sequence[str] | None) -> None:
    """The platform's own, if it is installed; none over ssh."""

    def which(name: str) -> str | None:
        return None if name == missing else f"/usr/bin/{name}"

    assert clipboard_command(environ, platform=platform, which=which) == expected


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A directory that is first on the PATH of `clipboard`."""
    directory = tmp_path / "bin"
    directory.mkdir()
    return directory


def script(directory: Path, name: str, source: str) -> None:
    """Make a command out of shell source."""
    path = directory / name
    path.write_text(f"#!/bin/sh\n{source}\n")
    path.chmod(0o755)


@pytest.fixture
def clipboard(commands: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that stands for the clipboard of an X display."""
    file = tmp_path / "clipboard"
    monkeypatch.delenv("SSH_TTY")
    for name in ("SSH_CONNECTION", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    return file


def test_what_the_command_gets(commands: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text as it is, in the encoding that the command reads; neither the token nor the terminal."""
    file = tmp_path / "clipboard"
    for name in ("xclip", "clip.exe"):
        script(commands, name, f'[ -z "$PIKTID_TOKEN" ] && cat >{shlex.quote(str(file))}')
    environ = {**os.environ, "PIKTID_TOKEN": "canary"}
    assert copy_by_command([str(commands / "xclip")], "ä 1\n", environ)
    assert file.read_bytes() == "ä 1\n".encode()
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    assert copy_by_command(["clip.exe"], "ä", environ | {"PATH": os.environ["PATH"]})
    assert file.read_bytes() == b"\xe4\x00"


def test_a_command_that_fails(commands: Path) -> None:
    """It is no error: the terminal is asked instead."""
    script(commands, "fails", "cat >/dev/null; exit 1")
    assert not copy_by_command([str(commands / "fails")], "a")
    assert not copy_by_command([str(commands / "nowhere")], "a")


async def test_copied(commands: Path, clipboard: Path) -> None:
    """The command did it: that is known, and said."""
    for name in ("xclip", "pbcopy"):
        script(commands, name, f"cat >{shlex.quote(str(clipboard))}")
    async with stage() as played:
        await played.press("c")
        await played.until("Copied: the public URL, 31 bytes")
        assert played.app.clipboard == "https://b7c41d09ee2f4a.lhr.life"
    assert await asyncio.to_thread(clipboard.read_text) == "https://b7c41d09ee2f4a.lhr.life"


async def test_not_copied(commands: Path, clipboard: Path) -> None:
    """The command failed: the text goes to the terminal, and nothing is claimed."""
    for name in ("xclip", "pbcopy"):
        script(commands, name, "exit 1")
    async with stage() as played:
        await played.press("c")
        await played.until("Sent to the terminal: the public URL, 31 bytes")
        assert played.app.clipboard == "https://b7c41d09ee2f4a.lhr.life"


async def test_more_than_terminals_take() -> None:
    """The toast gives the size that they drop, and what to do."""
    async with stage() as played:
        played.app.copy("a" * 75_001, "payload")
        played.app.copy("a" * 75_000, "all")
        await played.until("Sent to the terminal: all, 75,000 bytes")
        shown = " ".join(line.partition("▌ ")[2].strip() for line in played.lines() if "▌ " in line)
        assert (
            "Sent to the terminal: payload, 75,001 bytes for its clipboard. Most terminals drop more than 75 kB:"
            in shown
        )


async def test_a_link_opens_without_the_token(tmp_path: Path) -> None:
    """The link comes as it is, as one argument, and the browser's words go nowhere."""
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    code = "import os, sys; print(repr((sys.argv[1:], dict(os.environ))), file=open(sys.argv[0] + '.seen', 'w'))"
    browser.write_text(f"#!{sys.executable}\n{code}\nos.rename(sys.argv[0] + '.seen', {os.fspath(seen)!r})\n")
    browser.chmod(0o700)
    given = {"PIKTID_TOKEN": "canary", "NGROK_AUTHTOKEN": "canary", "WEBHOOK_TUI_SECRET": "canary"}

    await asyncio.to_thread(
        open_in_browser, URL, environ={**os.environ, **given, "BROWSER": f"{shlex.quote(str(browser))} %s"}
    )

    await until(seen.exists)
    assert repr([URL]) in seen.read_text()
    assert "canary" not in seen.read_text()
