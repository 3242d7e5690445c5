"""Carries out the check of a handler, one at a time, and keeps what the last one sent and was answered."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from msgspec.structs import replace

from webhook_tui.domain.commands import CheckHandler
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import HandlerCheckAdvanced
from webhook_tui.domain.failure import Failure, SendError
from webhook_tui.domain.forwarding.forward_result import failure_hint
from webhook_tui.domain.forwarding.handler_check import CheckState, HandlerCheck, HandlerExchange
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.session import messages
from webhook_tui.session.bus import EventBus
from webhook_tui.session.clock import Clock
from webhook_tui.session.forwarding.forwarder import Forwarder, check
from webhook_tui.session.verification.secret_ring import SecretRingRepository

_TIMEOUT_SECONDS = 10.0
"""For one request, as of `webhook-tui check`."""


class HandlerChecker:
    """Carries out CheckHandler. Belongs to the session's loop."""

    def __init__(self, forwarder: Forwarder, secret_ring: SecretRingRepository, bus: EventBus, clock: Clock) -> None:
        self._forwarder = forwarder
        self._secret_ring = secret_ring
        self._bus = bus
        self._clock = clock
        self._check = HandlerCheck("")
        self._running: asyncio.Task[None] | None = None
        self._exchanges: dict[str, tuple[HandlerExchange, ...]] = {}

    def exchanges(self, case: str) -> tuple[HandlerExchange, ...]:
        """Return the requests and answers of a case of the last check; none when it was not sent."""
        return self._exchanges.get(case, ())

    async def check(self, command: CheckHandler) -> None:
        """Check a handler; one that is being checked is stopped first. Whatever fails is in the last event."""
        await self.stop()
        self._exchanges = {}
        self._check = HandlerCheck(command.url)
        running = self._running = asyncio.create_task(self._run(command))
        try:
            await asyncio.wait({running})
        finally:
            running.cancel()
        if not running.cancelled():
            running.result()

    async def stop(self) -> None:
        """Stop the check that is under way; returns when it has stopped."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _run(self, command: CheckHandler) -> None:
        state = CheckState.STOPPED
        try:
            await self._send(command, self._allow(command))
            state = CheckState.ENDED
        except ProblemError as error:
            state = CheckState.ENDED
            self._check = replace(self._check, problem=error.problem)
        finally:
            self._advance(state=state)

    def _allow(self, command: CheckHandler) -> Secret:
        """Return the secret to sign with. Raises ProblemError when the URL is not allowed or there is no secret."""
        check(command.url, anywhere=command.elsewhere)
        self._forwarder.refuse_own(command.url)
        self._secret_ring.remember_url(command.url)
        return self._secret_ring.newest_secret()

    async def _send(self, command: CheckHandler, secret: Secret) -> None:
        from webhook_tui.handler_check.run import all_cases, checked_cases, unsent  # noqa: PLC0415 -- httpx, which no first frame needs
        from webhook_tui.http.sender import OutboundSender, is_loopback  # noqa: PLC0415 -- as above

        url = command.url
        every = all_cases(secret, now=self._clock.utc_now().timestamp())
        self._advance(cases=tuple(unsent(case) for case in every))
        # A handler under development has a certificate of its own.
        sender = OutboundSender(url, timeout_seconds=_TIMEOUT_SECONDS, verify=not is_loopback(url), is_app=True)
        try:
            async with contextlib.aclosing(checked_cases(sender, every)) as checked_ones:
                async for checked in checked_ones:
                    self._exchanges[checked.result.name] = checked.exchanges
                    done = self._check.done
                    cases = (*self._check.cases[:done], checked.result, *self._check.cases[done + 1 :])
                    self._advance(cases=cases, done=done + 1)
        except SendError as error:
            raise ProblemError(_unreachable(url, error)) from None
        finally:
            await sender.aclose()

    def _advance(self, **changes: Any) -> None:
        self._check = replace(self._check, **changes)
        self._bus.publish(HandlerCheckAdvanced(self._check))


def _unreachable(url: str, error: SendError) -> Problem:
    advice = "" if error.failure is Failure.REFUSED else failure_hint(error.failure)
    return messages.handler_unreachable(visible(url), error.reason, advice)
