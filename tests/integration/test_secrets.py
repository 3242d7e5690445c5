"""The token and the signing secrets are nowhere but in the one file that is theirs."""

from __future__ import annotations

import base64
import itertools
import json
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.factories import signature
from tests.fork_server import PROGRAM
from tests.integration.canaries import assert_nowhere, kept_files
from tests.integration.crashing import CANARY
from tests.integration.deliveries import post
from tests.integration.process import program
from tests.integration.terminal import terminal
from tests.session.running import TOKEN, sandbox_of, session_of, settings
from tests.tunnels.localhost_run import LocalhostRun
from tests.tunnels.watching import descendants, seen_of
from webhook_tui.domain.commands import UseToken
from webhook_tui.domain.events import DeliveryStored
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import WebhookState
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS
from webhook_tui.headless.archive.export import Choice
from webhook_tui.headless.archive.export import run as run_export
from webhook_tui.headless.signing.stored_accounts import all_stored_secrets
from webhook_tui.http.asgi import Receive, Scope, Send
from webhook_tui.places import Places
from webhook_tui.ui.controllers.delivery.export_files import Exports
from webhook_tui.ui.dialogs.export import Share
from webhook_tui.ui.selection import Selection

GIVEN = "given-secret-canary"
AUTHTOKEN = "ngrok-authtoken-canary"


async def test_no_output_no_child_and_no_other_file_has_them(tmp_path: Path) -> None:
    """The token, given secrets, the one that PiktID sent, ngrok's authtoken; only accounts.db keeps secrets."""
    secret_file = tmp_path / "secret"
    secret_file.touch(0o600)
    secret_file.write_text(GIVEN)
    environment = {"PIKTID_TOKEN": TOKEN.reveal(), "NGROK_AUTHTOKEN": AUTHTOKEN, "WEBHOOK_TUI_SECRET": "env-canary"}
    async with sandbox_of() as (sandbox, api_url), LocalhostRun(loopback=True) as server:
        options = "--port", "0", "--ssh-server", server.ssh_server, "--api-url", api_url
        async with program(
            *("listen", "--format", "json", *options, "--secret-file", str(secret_file)), code=PROGRAM, **environment
        ) as listening:
            url = (await listening.record("registered"))["url"]
            # the ping may come before the answer that has its secret: it is valid at once, or a moment later
            await listening.until(lambda: any(record.get("verdict") == "valid" for record in listening.records))
            assert await post(url, b"{}", [(b"X-Webhook-Signature", signature(GIVEN, b"{}").encode())]) == 200
            await listening.record("delivery", lambda record: record["event"] == "")
            assert sandbox.registry.current is not None
            received = sandbox.registry.current.secret.reveal()
            children = [seen_of(pid) for pid in descendants(listening.pid)]
            argv, _ = seen_of(listening.pid)
            during = list(kept_files(Places.of_user()))
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
    after = list(kept_files(Places.of_user()))
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


@pytest.mark.parametrize(
    "arguments",
    [
        ("sandbox", "--port", "0", "--token", TOKEN.reveal()),
        ("listen", "--sandbox", "--port", "0", f"--token={TOKEN.reveal()}", "--secret", GIVEN, f"--secret={GIVEN}2"),
    ],
)
async def test_the_process_list_does_not_show_the_secret(arguments: tuple[str, ...]) -> None:
    """The other arguments stay; no child process has it either."""
    async with program(*arguments, code=PROGRAM) as started:
        await started.until(lambda: b"listen" in started.output)
        argv, _ = seen_of(started.pid)
        children = [seen_of(pid) for pid in descendants(started.pid)]
        await started.left()
    for canary in (TOKEN.reveal(), GIVEN):
        assert_nowhere(canary, argv, bytes(started.output), bytes(started.notes), *itertools.chain(*children))
    if sys.platform == "linux":
        typed = [argument.replace(TOKEN.reveal(), "*" * len(TOKEN.reveal())) for argument in arguments]
        typed = [argument.replace(GIVEN + "2", "*" * (len(GIVEN) + 1)) for argument in typed]
        typed = [argument.replace(GIVEN, "*" * len(GIVEN)) for argument in typed]
        assert argv.decode().split("\0")[-len(typed) - 1 : -1] == typed


async def test_a_crash_without_a_screen_says_no_values() -> None:
    """One sentence; the log has where it happened."""
    environment = {"PIKTID_TOKEN": TOKEN.reveal(), "WEBHOOK_TUI_SECRET": "env-canary"}
    options = "listen", "--format", "json", "--port", "0", "--tunnel", "none", "--no-register"
    async with program(*options, fault="task", **environment) as crashed:
        assert await crashed.ended() == 1
    assert "The session ended by a bug in webhook-tui: RuntimeError." in crashed.words
    for canary in (TOKEN.reveal(), "env-canary", CANARY):
        assert_nowhere(canary, bytes(crashed.output), bytes(crashed.notes))
    log = Places.of_user().log.read_text()
    assert "in _fail" in log
    assert "ValueError" in log
    assert "\x1b" not in log


async def test_no_copy_and_no_export_has_them(tmp_path: Path) -> None:
    """A delivery that is full of them, in every form of the copy menu, its preview and `webhook-tui export`."""
    chosen = settings(tmp_path, secrets=(Secret(GIVEN),), ngrok_authtoken=Secret(AUTHTOKEN))
    async with sandbox_of() as (sandbox, api_url), session_of(replace(chosen, api_url=api_url)) as running:
        await running.event(DeliveryStored)
        assert sandbox.registry.current is not None
        running.ask(UseToken(Secret("second-token")))
        await running.until(lambda status: status.webhook.state is WebhookState.REFUSED)
        secrets = [TOKEN.reveal(), GIVEN, AUTHTOKEN, "second-token", sandbox.registry.current.secret.reveal()]
        body = json.dumps(secrets).encode()
        headers = [(b"X-%d" % number, b"a " + secret.encode()) for number, secret in enumerate(secrets)]
        url = f"{sandbox.registry.current.url}?{'&'.join(secrets)}"
        assert await post(url, body, [*headers, (b"Authorization", b"Basic aGlkZGVu")]) == 200
        row = (await running.event(DeliveryStored, lambda event: event.delivery.body == body)).row
        sharing = Exports(running.session, Destination("http://127.0.0.1:9"), lambda: datetime.now(UTC))
        rows = running.session.open_rows()
        stored = rows.stored(row.seq)
        rows.close()
        assert stored is not None
        made: list[str] = []
        for name in FORMATS:
            made.append("\n".join(sharing.preview(stored, name)))
            made.append(sharing.copy(Share(name, Selection("this one", seq=row.seq))).text)
            exported = sharing.export(Share(name, Selection("this one", seq=row.seq), tmp_path / name))
            assert exported is not None
            made.append((tmp_path / name).read_text())
        given = (Secret(GIVEN), Secret(AUTHTOKEN), Secret("second-token"), TOKEN)
        known = (*all_stored_secrets(chosen.places.accounts), *given)
        assert chosen.deliveries_path is not None
        for name, form in FORMATS.items():
            run_export(
                form,
                history=chosen.deliveries_path,
                choice=Choice((row.seq,)),
                now=datetime.now(UTC),
                secrets=known,
                destination=Destination("http://127.0.0.1:9"),
                output=tmp_path / f"{name}.cli",
                say=made.append,
                accounts=chosen.places.accounts,
            )
            made.append((tmp_path / f"{name}.cli").read_text())
    for text in made:
        for secret in (*secrets, "aGlkZGVu"):
            assert secret not in text
            assert base64.b64encode(secret.encode()).decode().rstrip("=") not in text


async def test_what_the_api_repeats_of_the_token_is_not_shown() -> None:
    """Some servers quote in their errors what they were sent."""

    async def quoting(scope: Scope, receive: Receive, send: Send) -> None:
        said = b" ".join(value for _, value in scope["headers"])
        await send({"type": "http.response.start", "status": 400, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps({"detail": said.decode()[-60:]}).encode()})

    async with sandbox_of(wrap=lambda _: quoting) as (_, api_url):
        options = "listen", "--format", "json", "--replace", "--port", "0", "--tunnel", "none", "--api-url", api_url
        async with program(*options, PIKTID_TOKEN=TOKEN.reveal()) as listening:
            assert await listening.ended() == 3
    assert "(400)" in listening.words
    assert_nowhere(TOKEN.reveal(), bytes(listening.output), bytes(listening.notes))
