"""The token and the signing secrets are nowhere but in the one file that is theirs."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tests.integration.deliveries import post, signature
from tests.integration.process import program
from tests.integration.terminal import terminal
from tests.session.running import TOKEN, sandbox_of
from tests.tunnels.localhost_run import LocalhostRun
from tests.tunnels.watching import descendants, seen_of
from webhook_tui.config import Places

GIVEN = "given-secret-canary"
AUTHTOKEN = "ngrok-authtoken-canary"


def _files(places: Places) -> Iterator[tuple[str, bytes]]:
    for path in (*places.state.rglob("*"), *places.config.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


async def test_no_output_no_child_and_no_other_file_has_them(tmp_path: Path) -> None:
    """The token, given secrets, the one that PiktID sent, ngrok's authtoken; only accounts.db keeps secrets."""
    secret_file = tmp_path / "secret"
    secret_file.touch(0o600)
    secret_file.write_text(GIVEN)
    environment = {"PIKTID_TOKEN": TOKEN.reveal(), "NGROK_AUTHTOKEN": AUTHTOKEN, "WEBHOOK_TUI_SECRET": "env-canary"}
    async with sandbox_of() as (sandbox, api_url), LocalhostRun(loopback=True) as server:
        options = "--port", "0", "--ssh-server", server.ssh_server, "--api-url", api_url
        async with program(
            *("listen", "--format", "json", *options, "--secret-file", str(secret_file)), **environment
        ) as listening:
            url = (await listening.record("registered"))["url"]
            await listening.record("delivery", lambda record: record["verdict"] == "valid")
            assert await post(url, b"{}", [(b"X-Webhook-Signature", signature(GIVEN, b"{}").encode())]) == 200
            await listening.record("delivery", lambda record: record["event"] == "")
            assert sandbox.registry.current is not None
            received = sandbox.registry.current.secret.reveal()
            children = [seen_of(pid) for pid in descendants(listening.pid)]
            argv, _ = seen_of(listening.pid)
            during = list(_files(Places.of_user()))
            assert await listening.left() == 130
    canaries = [word.encode() for word in (TOKEN.reveal(), GIVEN, "env-canary", AUTHTOKEN, received)]
    assert children
    for canary in canaries:
        assert canary not in argv
        assert canary not in listening.output
        assert canary not in listening.notes
        for child_argv, child_environment in children:
            assert canary not in child_argv
            assert canary not in child_environment
    after = list(_files(Places.of_user()))
    assert {"accounts.db", "deliveries.db"} <= {name for name, _ in after}
    for name, content in (*during, *after):
        assert TOKEN.reveal().encode() not in content, name
        assert name.startswith("accounts.db") or not any(canary in content for canary in canaries), name
    assert any(received.encode() in content for name, content in (*during, *after) if name.startswith("accounts.db"))


async def test_what_is_kept_is_for_this_user_only() -> None:
    """Directories 0700, files 0600, whatever the umask."""
    before = os.umask(0)
    try:
        async with sandbox_of() as (_, api_url):
            options = "listen", "--format", "json", "--port", "0", "--tunnel", "none", "--api-url", api_url
            async with program(*options, PIKTID_TOKEN=TOKEN.reveal()) as listening:
                await listening.record("delivery")
                state = Places.of_user().state
                modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (state, *state.rglob("*"))}
                await listening.left()
    finally:
        os.umask(before)
    assert modes.pop(state.name) == 0o700
    assert {mode for mode in modes.values() if mode & 0o077} == set()


async def test_the_screen_shows_no_token() -> None:
    """Neither typed into the prompt nor afterwards; the secret only when it is asked for."""
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal("--port", "0", "--tunnel", "none", "--api-url", api_url) as screen,
    ):
        await screen.dialog("API token")
        screen.type(TOKEN.reveal())
        await screen.until("••••")
        await screen.pressing("enter", "✓ valid")
        assert sandbox.registry.current is not None
        secret = sandbox.registry.current.secret.reveal()
        screen.press("q")
        assert await screen.ended() == 0
    said = bytes(screen.output)
    assert TOKEN.reveal().encode() not in said
    assert secret.encode() not in said


async def test_a_history_can_be_given_away(tmp_path: Path) -> None:
    """The database has the deliveries, and neither secrets nor the token nor its fingerprint's source."""
    history = tmp_path / "given.db"
    async with sandbox_of() as (sandbox, api_url):
        options = "--port", "0", "--tunnel", "none", "--api-url", api_url, "--db", str(history)
        async with program("listen", "--format", "json", *options, PIKTID_TOKEN=TOKEN.reveal()) as listening:
            await listening.record("delivery")
            assert sandbox.registry.current is not None
            secret = sandbox.registry.current.secret.reveal()
            await listening.left()
    content = history.read_bytes()
    assert b"ping" in content
    assert secret.encode() not in content
    assert TOKEN.reveal().encode() not in content
    assert json.dumps(TOKEN.reveal()).encode() not in content
