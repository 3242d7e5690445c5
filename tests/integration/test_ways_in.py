"""How options reach the program: flags, before and after the subcommand, environment, config.toml, files, stdin."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import webhook_tui
from tests.http.plain_client import plain_client
from tests.integration.deliveries import valid_ping
from tests.integration.process import program, run
from tests.integration.terminal import terminal
from tests.session.running import TOKEN, sandbox_of, url_at
from tests.tcp_server import free_port
from webhook_tui.places import Places

WATCH = "--no-register", "--tunnel", "none", "--ephemeral"


@pytest.fixture
def ports() -> Iterator[Sequence[int]]:
    """Three ports that are free until the end of the test."""
    with free_port() as first, free_port() as second, free_port() as third:
        yield first, second, third


async def _port(*arguments: str, **environment: str) -> int:
    async with program("listen", "--format", "json", *WATCH, *arguments, **environment) as listening:
        return int((await listening.record("ready"))["port"])


def _write_config(text: str) -> None:
    file = Places.of_user().config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


async def test_flag_beats_environment_beats_config(ports: Sequence[int]) -> None:
    """Each is used as soon as the one before it is left out."""
    by_flag, by_environment, by_config = ports
    _write_config(f"port = {by_config}\n")
    assert await _port() == by_config
    assert await _port(WEBHOOK_TUI_PORT=str(by_environment)) == by_environment
    assert await _port("--port", str(by_flag), WEBHOOK_TUI_PORT=str(by_environment)) == by_flag


async def test_options_before_the_subcommand(ports: Sequence[int]) -> None:
    """`webhook-tui --port 1 listen` is `webhook-tui listen --port 1`; what stands after it wins."""
    before, after, _ = ports
    for arguments, port in (("listen",), before), (("listen", "--port", str(after)), after):
        first = "--port", str(before), *WATCH
        async with program(*first, *arguments, "--format", "json") as listening:
            assert (await listening.record("ready"))["port"] == port


async def test_a_config_for_the_sandbox_leaves_the_subcommand_alone() -> None:
    """`sandbox = true` in config.toml is the option, and does not break the subcommand of that name."""
    _write_config("sandbox = true\n")
    async with program("sandbox", "--port", "0") as serving:
        await serving.until(lambda: serving.lines)
        assert serving.lines[0].startswith("The sandbox listens on http://127.0.0.1:")
    async with program("listen", "--format", "json", "--port", "0") as listening:
        assert (await listening.record("registered"))["id"] == 41


async def test_a_config_that_is_not_toml() -> None:
    """2, with the file's name."""
    _write_config("port = = 1\n")
    code, _, words = await run("listen")
    assert code == 2
    assert "config.toml is not TOML" in words
    assert len(words.splitlines()) == 1


async def test_a_port_in_use_that_was_not_requested() -> None:
    """The next free one is taken, and said."""
    with socket.socket() as taken:
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", 9876))
            taken.listen()
        except OSError:
            pass  # the port is taken: that serves as well
        async with program("listen", "--format", "json", *WATCH) as listening:
            port = (await listening.record("ready"))["port"]
            await listening.until(lambda: b"in use" in listening.notes and listening.notes.endswith(b"\n"))
    assert 9876 < port <= 9976
    assert listening.words == f"webhook-tui: Port 9876 is in use; listening on {port}.\n"


@pytest.mark.parametrize("way", ["file", "stdin", "environment", "own environment", "flag"])
async def test_each_way_to_give_the_token(way: str, tmp_path: Path) -> None:
    """Surrounding blanks do not count in a file or a line."""
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text(f"{TOKEN.reveal()}\n")
    arguments, environment, stdin = {
        "file": (("--token-file", str(file)), {}, ""),
        "stdin": (("--token-stdin",), {}, TOKEN.reveal() + "\r\nmore\n"),
        "environment": ((), {"PIKTID_TOKEN": TOKEN.reveal()}, ""),
        "own environment": ((), {"WEBHOOK_TUI_TOKEN": TOKEN.reveal()}, ""),
        "flag": (("--token", TOKEN.reveal()), {}, ""),
    }[way]
    async with sandbox_of() as (sandbox, api_url):
        options = "listen", "--format", "json", "--port", "0", "--tunnel", "none", "--api-url", api_url
        async with program(*options, *arguments, stdin=stdin, **environment) as listening:
            assert (await listening.record("registered"))["url"] == url_at(sandbox)
            await listening.left()


async def test_a_token_file_that_others_can_read(tmp_path: Path) -> None:
    """2, and what to do; the token is not in the words."""
    file = tmp_path / "token"
    file.write_text("token-canary")
    file.chmod(0o640)
    code, output, words = await run("listen", "--token-file", str(file))
    assert (code, output) == (2, "")
    assert words == f"webhook-tui: {file} can be read by others. Run chmod 600 {file}.\n"


async def test_empty_tokens(tmp_path: Path) -> None:
    """An empty file and an empty standard input are usage errors."""
    file = tmp_path / "token"
    file.touch(0o600)
    for arguments in ("--token-file", str(file)), ("--token-file", str(tmp_path / "none")), ("--token-stdin",):
        code, _, words = await run("listen", *arguments)
        assert code == 2
        assert words.startswith("webhook-tui: ")
        assert len(words.splitlines()) == 1


async def test_the_screen_without_a_terminal() -> None:
    """The default command reports that and runs `listen`."""
    async with program("--sandbox", "--port", "0") as listening:
        await listening.until(lambda: b"ready: " in listening.output)
        assert await listening.left() == 130
    assert listening.words == "webhook-tui: Not a terminal; running `webhook-tui listen`.\n"
    assert b"\x1b" not in listening.output


async def test_a_dumb_terminal() -> None:
    """TERM=dumb cannot show the screen, and colours neither."""
    async with terminal("--sandbox", "--port", "0", TERM="dumb") as dumb:
        await dumb.until("ready: ")
        assert "Not a terminal; running `webhook-tui listen`." in dumb.screen
        await dumb.until("✓ valid ping")
        dumb.press("ctrl+c")
        assert await dumb.ended(3) == 130
        assert b"\x1b" not in dumb.output


@pytest.mark.parametrize("no_color", ["", "1"], ids=["colours", "NO_COLOR"])
async def test_colours_in_a_terminal(no_color: str) -> None:
    """`listen` in a terminal has colours unless NO_COLOR is set to something."""
    async with terminal("listen", "--sandbox", "--port", "0", NO_COLOR=no_color) as lines:
        await lines.until("✓ valid ping")
        lines.press("ctrl+c")
        assert await lines.ended(3) == 130
        assert (b"\x1b[32m" in lines.output) is not bool(no_color)
        assert not no_color or b"\x1b" not in lines.output


async def test_help_and_version() -> None:
    """Every option that is documented is in the help; both end with 0 and write nothing to standard error."""
    for arguments in ("--help-all",), ("-h",), ("listen", "--help-all"), ("sandbox", "--help"):
        code, output, words = await run(*arguments)
        assert (code, words) == (0, "")
        assert "\x1b" not in output
        if "--help-all" in arguments:
            for name in (
                *("--token", "--token-file", "--token-stdin", "--sandbox", "--api-url", "--hook-url", "--tunnel"),
                *("--ssh-server", "--tunnel-command", "--tunnel-url-pattern", "--host", "--port", "--no-clean"),
                *("--replace", "--secret", "--secret-file", "--no-register", "--db", "--ephemeral"),
            ):
                assert f"{name} " in output or f"{name}\n" in output, name
    assert await run("--version") == (0, f"webhook-tui {webhook_tui.__version__}\n", "")


async def test_a_hook_url_is_registered_to_the_letter(ports: Sequence[int]) -> None:
    """No tunnel is opened, and any path is the hook."""
    port = ports[0]
    hook = f"http://127.0.0.1:{port}/some/Path?x=1"
    async with sandbox_of() as (sandbox, api_url):
        options = "listen", "--format", "json", "--port", str(port), "--api-url", api_url, "--hook-url", hook
        async with program(*options, PIKTID_TOKEN=TOKEN.reveal()) as listening:
            assert (await listening.record("ready"))["public_url"] == hook
            assert url_at(sandbox) == hook
            assert (await valid_ping(listening))["path"] == "/some/Path?x=1"
            async with plain_client() as client:
                assert (await client.post(f"http://127.0.0.1:{port}/other", content=b"x")).status_code == 200
            await listening.record("delivery", lambda record: record["path"] == "/other")
            await listening.left()
    assert not listening.of("tunnel")


async def test_a_locale_without_utf8() -> None:
    """The lines are shown in ASCII, with the same words."""
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    async with program("listen", "--sandbox", "--port", "0", **locale) as lines:
        await lines.until(lambda: b"x invalid" in lines.output)
        assert await lines.left() == 130
    assert lines.output.isascii()
    assert b"+ valid ping" in lines.output
    assert not lines.words


async def test_interactive_token_without_the_screen() -> None:
    """`listen` in a terminal asks, masked, names the sandbox, and goes on."""
    async with (
        sandbox_of() as (_, api_url),
        terminal("listen", "--port", "0", "--tunnel", "none", "--api-url", api_url) as lines,
    ):
        await lines.until(lambda text: "API token:" in text and not lines.is_echoing)
        assert "--sandbox" in lines.screen
        lines.type(TOKEN.reveal() + "\r")
        await lines.until("ready: ")
        assert TOKEN.reveal().encode() not in lines.output
        lines.press("ctrl+c")
        assert await lines.ended(3) == 130


async def test_leaving_the_token_prompt() -> None:
    """ctrl+c at the prompt ends like any SIGINT."""
    async with terminal("listen", "--port", "0") as lines:
        await lines.until(lambda text: "API token:" in text and not lines.is_echoing)
        lines.press("ctrl+c", "enter")  # enter ends a read that began when the signal was already there
        assert await lines.ended(3) == 130
        assert sys.platform == "win32" or lines.is_echoing
