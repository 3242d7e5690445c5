"""The embedded PiktID inside a session: served on loopback, with a token of its own, until the session ends."""

from __future__ import annotations

import random
import secrets
from typing import TYPE_CHECKING

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.asgi import AsgiApplication
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.session.clock import Clock

if TYPE_CHECKING:
    from webhook_tui.sandbox.service import Sandbox


class SandboxHost:
    """Has its port at once; `api_url` answers from `start` until `aclose`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.token = Secret(secrets.token_urlsafe(24))
        self.former_secret = Secret(secrets.token_urlsafe(24))
        """The secret of an earlier registration: a delivery signed with it is `older`."""
        self._socket = bind("127.0.0.1", 0, exact=True)
        self.api_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._sandbox: Sandbox | None = None
        self._server: Server | None = None

    async def start(self) -> None:
        """Serve the sandbox and let it play. Imports Starlette and httpx, which is slow, unless they are imported."""
        from webhook_tui.sandbox.asgi import application  # noqa: PLC0415 -- no other session needs Starlette
        from webhook_tui.sandbox.options import SandboxOptions  # noqa: PLC0415 -- as above
        from webhook_tui.sandbox.service import Sandbox  # noqa: PLC0415 -- as above

        self._sandbox = Sandbox(
            SandboxOptions(
                token=self.token,
                play=True,
                with_faults=True,
                former_secret=self.former_secret,
                images_url=f"{self.api_url}/sandbox/images",
            ),
            now=self._clock.utc_now,
            random=random.random,
        )
        self._server = Server(AsgiApplication(application(self._sandbox)), self._socket, grace_seconds=0.2)
        await self._server.start()
        await self._sandbox.start()

    async def aclose(self) -> None:
        """Stop, and close the port; also when it was not started."""
        if self._sandbox is not None:
            await self._sandbox.aclose()
        if self._server is not None:
            await self._server.stop()
        self._socket.close()
