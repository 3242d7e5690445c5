"""The embedded PiktID inside a session: served on loopback, with a token of its own, until the session ends."""

from __future__ import annotations

import random
import secrets
from types import TracebackType
from typing import Self

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.asgi import AsgiApplication
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.service import Sandbox
from webhook_tui.session.clock import Clock


class SandboxHost:
    """An async context manager; `api_url` answers inside it."""

    def __init__(self, clock: Clock) -> None:
        from webhook_tui.sandbox.asgi import application  # noqa: PLC0415 -- Starlette: no other session needs it

        self.token = Secret(secrets.token_urlsafe(24))
        self.former_secret = Secret(secrets.token_urlsafe(24))
        """The secret of an earlier registration: a delivery signed with it is `older`."""
        server_socket = bind("127.0.0.1", 0, exact=True)
        self.api_url = f"http://127.0.0.1:{server_socket.getsockname()[1]}"
        self.sandbox = Sandbox(
            SandboxOptions(
                token=self.token,
                play=True,
                with_faults=True,
                former_secret=self.former_secret,
                images_url=f"{self.api_url}/sandbox/images",
            ),
            now=clock.utc_now,
            random=random.random,
        )
        self._server = Server(AsgiApplication(application(self.sandbox)), server_socket, grace_seconds=0.2)

    async def __aenter__(self) -> Self:
        await self._server.start()
        await self.sandbox.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.sandbox.aclose()
        await self._server.stop()
