"""Sends stored deliveries to an app, one after the other: what `replay` does."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from http import HTTPStatus
from typing import Protocol

from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from webhook_tui.config import Settings
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.forwarding.forward_result import ForwardResult, gone_sentence
from webhook_tui.domain.payload.links import without_link_signatures
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.units import counted, duration
from webhook_tui.headless import messages
from webhook_tui.headless.text_style import print_note
from webhook_tui.http.sender import is_loopback
from webhook_tui.session.bus import EventBus
from webhook_tui.session.clock import Clock
from webhook_tui.session.forwarding.forwarder import Forwarder, OwnAddress, Replay
from webhook_tui.session.status import StatusPublisher, first_status
from webhook_tui.storage.forward_results import ResultWriter
from webhook_tui.storage.history_query import HistoryQuery


class ReplayCounts(Struct):
    """How the deliveries that were sent were answered."""

    good: int = 0
    """2xx."""
    failed: int = 0
    """Otherwise, or not at all."""
    gone: int = 0
    """Not sent: deleted since they were chosen."""

    @property
    def sent(self) -> int:
        """How many were sent."""
        return self.good + self.failed


class _Display(Protocol):
    def show(self, result: ForwardResult, counts: ReplayCounts) -> None: ...


class ReplayPlan(Struct, frozen=True):
    """What is sent where."""

    seqs: Sequence[int]
    url: str
    anywhere: bool
    secrets: Mapping[Account, Secret] | None = None
    """Re-sign with the secret of each delivery's account; None keeps the original signatures."""
    keep_links: bool = False
    """Send the links' own signatures to another machine, too. On this machine nothing is changed anyway."""

    def body_for(self, delivery: Delivery) -> bytes | None:
        """Return the body that is sent in place of the received one; None: that one."""
        if self.keep_links or is_loopback(self.url):
            return None
        body = without_link_signatures(delivery.body)
        return None if body == delivery.body else body


def replay(history: HistoryQuery, plan: ReplayPlan) -> ExitCode:
    """Send them, print the outcome of each, and return the exit code: 1 when one was not answered 2xx.

    One that is deleted meanwhile is left out. What was done is said also where an error ends it.

    Raises ProblemError when the URL is not allowed, or a body without its links' signatures would not fit its own.
    """
    if plan.secrets is None:
        _refuse_blanked(history, plan)
    how = ""
    if plan.secrets is not None:
        ids = sorted({secret.short_id for secret in plan.secrets.values()})
        how = f", re-signed with secret {', '.join(ids)}"
    print_note(f"replaying {len(plan.seqs)} to {visible(plan.url)}{how}")
    began = time.monotonic()
    counts = ReplayCounts()
    try:
        with _display(len(plan.seqs)) as display:
            asyncio.run(_replay(history, plan, counts, display))
    finally:
        if counts.sent or counts.gone:
            print_note(_summary(counts, time.monotonic() - began))
    return ExitCode.FAILURE if counts.failed or counts.gone else ExitCode.OK


def _summary(counts: ReplayCounts, seconds: float) -> str:
    sent = counted(counts.sent, "delivery")
    outcomes = f"{counts.good} answered 2xx, {counts.failed} failed."
    return f"{sent} replayed in {duration(seconds)}: {outcomes}{gone_sentence(counts.gone)}"


def _refuse_blanked(history: HistoryQuery, plan: ReplayPlan) -> None:
    for seq in plan.seqs if plan.anywhere else ():
        if plan.body_for(history.stored(seq).delivery) is not None:
            raise ProblemError(messages.links_are_blanked(seq))


async def _replay(history: HistoryQuery, plan: ReplayPlan, counts: ReplayCounts, display: _Display) -> None:
    async with open_forwarder(anywhere=plan.anywhere) as forwarder:
        forwarder.allow(plan.url)
        with closing(ResultWriter(history.path)) as results:
            for seq in plan.seqs:
                stored = next(history.deliveries([seq]), None)
                if stored is None:
                    counts.gone += 1
                    continue
                secret = None if plan.secrets is None else plan.secrets[history.account(seq)]
                result = await forwarder.replay(stored, plan.url, Replay(secret, plan.body_for(stored.delivery)))
                counts.good += result.is_good
                counts.failed += not result.is_good
                display.show(result, counts)
                results.keep(result)


@asynccontextmanager
async def open_forwarder(*, anywhere: bool) -> AsyncIterator[Forwarder]:
    """Open a forwarder without a session. `anywhere`: it may send to another machine."""
    status = StatusPublisher(first_status(Settings()), EventBus())
    forwarder = Forwarder(OwnAddress("", 0), status, Clock(), retries=0, anywhere=anywhere)
    try:
        yield forwarder
    finally:
        await forwarder.aclose()
        status.close()


def result_line(result: ForwardResult) -> str:
    """Return `#35  500   31 ms  Internal Server Error`."""
    if result.status is None:
        return f"#{result.seq:<4} –    {duration(result.seconds):>8}  no answer: {visible(result.failure)}"
    phrase = HTTPStatus(result.status).phrase if result.status in list(HTTPStatus) else ""
    return f"#{result.seq:<4} {result.status}  {duration(result.seconds):>8}  {phrase}".rstrip()


@contextmanager
def _display(total: int) -> Iterator[_Display]:
    """A bar on a terminal, where only failures get a line; a line for each delivery in a pipe."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield _Lines()
        return
    columns = (
        BarColumn(40),
        TextColumn("{task.completed:.0f} of {task.total:.0f}  {task.fields[good]} ok  {task.fields[failed]} failed"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Bar(progress, total)


class _Lines:
    def show(self, result: ForwardResult, _counts: ReplayCounts) -> None:
        sys.stdout.write(f"{result_line(result)}\n")
        sys.stdout.flush()


class _Bar:
    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total, good=0, failed=0)

    def show(self, result: ForwardResult, counts: ReplayCounts) -> None:
        if not result.is_good:
            self._progress.console.print(result_line(result), markup=False, highlight=False)
        self._progress.update(self._task, completed=counts.sent + counts.gone, good=counts.good, failed=counts.failed)
