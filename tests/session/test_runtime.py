"""What a session does before its screen is shown; and no variable of the environment stops the receiver."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.http.plain_client import plain_client
from tests.session.running import sandbox_of, session_of, settings
from webhook_tui.domain.errors import ExitCode
from webhook_tui.domain.events import DeliveryStored, SessionReady
from webhook_tui.domain.status import WebhookState

API = "https://127.0.0.1:1"

UNUSABLE = [
    ("SSL_CERT_FILE", "/nonexistent/ca.pem", "SSL_CERT_FILE is not used: no such file or directory."),
    ("SSL_CERT_DIR", "/nonexistent", "SSL_CERT_DIR is not used: no such file or directory."),
    ("SSLKEYLOGFILE", "/nonexistent/keys", "SSLKEYLOGFILE is not used: no such file or directory."),
    ("HTTPS_PROXY", "nonsense://x", "HTTPS_PROXY names a proxy that cannot be used here."),
    ("all_proxy", "socks5://127.0.0.1:1", "all_proxy names a proxy that cannot be used here."),
]
IGNORED = [("NO_PROXY", "fd07:b51a:cc66:f0::/64,[::1]"), ("no_proxy", "http://[x"), ("OPENSSL_CONF", "/nonexistent")]


@pytest.mark.parametrize(("name", "value", "said"), [*UNUSABLE, *((name, value, "") for name, value in IGNORED)])
async def test_the_receiver_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """Where nothing is registered a note says it, beside the deliveries."""
    monkeypatch.setenv(name, value)
    async with session_of(settings(tmp_path, register=False, api_url=API)) as running:
        ready = await running.event(SessionReady)
        if said:
            await running.until(lambda status: any(said.rstrip(".") in note.sentence() for note in status.notes))
        async with plain_client() as client:
            answer = await client.post(str(ready.public_url), content=b"{}")
        await running.event(DeliveryStored)

        assert answer.status_code == 200


@pytest.mark.parametrize(("name", "value", "said"), UNUSABLE[-2:])
async def test_registering_fails_and_is_not_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """The webhook is refused, by a reason that names the variable."""
    monkeypatch.setenv(name, value)
    async with session_of(settings(tmp_path, api_url=API)) as running:
        status = await running.until(lambda status: status.webhook.state is WebhookState.REFUSED)

        assert status.webhook.problem is not None
        assert status.webhook.problem.message == said


async def test_a_busy_port_that_was_asked_for_is_a_problem(tmp_path: Path) -> None:
    """With the code of its kind."""
    async with sandbox_of() as (_, api_url):
        port = int(api_url.rsplit(":", 1)[1])
        with pytest.raises(Exception, match=f"Port {port} is in use") as caught:
            async with session_of(settings(tmp_path, port=port, port_was_given=True)):
                pass
        assert caught.value.problem.exit_code is ExitCode.PORT  # type: ignore[attr-defined] # a ProblemError


_UNTIL_IT_ASKS = """
import sys
from pathlib import Path
from webhook_tui.config import Settings
from webhook_tui.domain.commands import StartRegistration
from webhook_tui.domain.events import StatusChanged, TokenRequired
from webhook_tui.domain.status import ReceiverState
from webhook_tui.places import Places
from webhook_tui.session.process.host import import_session

home = Path(sys.argv[1])
settings = Settings(tunnel="none", port=0, places=Places(home / "config", home / "state"))
session = import_session().open(settings, asks=True)

def on_event(event):
    match event:
        case StatusChanged(status) if status.receiver.state is ReceiverState.LISTENING and not status.token_place:
            print("listens", *sys.modules)
            session.request(StartRegistration())
        case TokenRequired(None, place):
            print("asks", place)
            session.stop()

session.run(on_event)
"""


def test_a_session_imports_for_the_first_frame_only_what_listens(tmp_path: Path) -> None:
    """HTTP clients and the keyring come when the screen is shown, and before it is asked for a token."""
    program = [sys.executable, "-c", _UNTIL_IT_ASKS, str(tmp_path)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    listens, *_, asks = done.stdout.splitlines()

    assert set(listens.split()).isdisjoint(
        {"httpx", "httpcore", "h11", "stamina", "anyio", "certifi", "starlette", "keyring", "email"}
    )
    assert asks in {"asks a file that only you can read", "asks the system keyring"}
