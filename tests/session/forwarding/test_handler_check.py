"""The check of a handler in a real session, over real sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.handler_check import handlers
from tests.handler_check.handlers import serving
from tests.session.running import session_of, settings
from webhook_tui.domain.commands import AddSecret, CheckHandler, StopHandlerCheck
from webhook_tui.domain.events import HandlerCheckAdvanced, SecretRingChanged
from webhook_tui.domain.forwarding.handler_check import LONGEST_SHOWN, CheckState
from webhook_tui.domain.queries import GetHandlerExchanges
from webhook_tui.domain.signature.secret import Secret


async def test_a_check_advances_case_by_case(tmp_path: Path) -> None:
    """Results come one at a time; what was sent can be asked for; what cannot be checked says why."""
    async with serving(handlers.credulous) as url, session_of(settings(tmp_path, register=False)) as running:
        running.ask(CheckHandler(url))
        without = await running.event(HandlerCheckAdvanced, lambda event: event.check.problem is not None)
        assert without.check.problem is not None
        assert "secret" in without.check.problem.message

        running.ask(AddSecret(Secret(handlers.SECRET)))
        await running.event(SecretRingChanged)
        running.ask(CheckHandler(url))
        await running.event(HandlerCheckAdvanced, lambda event: event.check.done == 1)
        ended = await running.event(
            HandlerCheckAdvanced, lambda event: event.check.state is CheckState.ENDED and event.check.done > 1
        )
        check = ended.check
        assert check.done == len(check.cases) == len(check.results)
        failed = {result.name for result in check.failed}
        assert "unset-secret" in failed
        assert "valid-ping" not in failed
        large = (await running.answer(GetHandlerExchanges("large")))[0]
        assert (large.status, large.size, len(large.body)) == (200, 1_048_576, LONGEST_SHOWN)
        assert running.session.runtime.status.status.last_used_url == url

        running.ask(CheckHandler("http://192.0.2.1/hook"))
        other = await running.event(HandlerCheckAdvanced, lambda event: "192.0.2.1" in event.check.url)
        assert other.check.problem is not None
        running.ask(CheckHandler(f"http://127.0.0.1:{running.session.runtime.status.status.receiver.port}/#"))
        own = await running.event(
            HandlerCheckAdvanced, lambda event: event.check.problem is not None and event.check.url.endswith("/#")
        )
        assert own.check.done == 0


async def test_no_server_ends_it_and_it_can_be_stopped(tmp_path: Path) -> None:
    """The first request decides; a stopped check sends no more."""
    forever = asyncio.Event()
    async with (
        serving(handlers.good, waits=forever.wait) as url,
        session_of(settings(tmp_path, register=False)) as running,
    ):
        running.ask(AddSecret(Secret(handlers.SECRET)))
        await running.event(SecretRingChanged)
        running.ask(CheckHandler(url))
        await running.event(HandlerCheckAdvanced, lambda event: bool(event.check.cases))
        running.ask(StopHandlerCheck())
        stopped = await running.event(HandlerCheckAdvanced, lambda event: event.check.state is CheckState.STOPPED)
        assert stopped.check.done == 0
        forever.set()
        running.ask(CheckHandler("http://127.0.0.1:1/hook"))
        gone = await running.event(HandlerCheckAdvanced, lambda event: event.check.problem is not None)
        assert gone.check.problem is not None
        assert gone.check.problem.message.startswith("http://127.0.0.1:1/hook does not answer")
