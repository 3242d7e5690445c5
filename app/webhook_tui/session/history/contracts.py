"""Reads payloads into the account's contract in the background, and answers queries about it."""

from __future__ import annotations

import asyncio
import contextlib

from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.contract.event_contract import ContractSnapshot
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import VerdictChanged
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.queries import GetContract
from webhook_tui.session.bus import DeliveriesStored
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.history import DeliveryStore

STEP_SECONDS = 0.01
"""How long payloads are read at a time: the receiver waits no longer than that for the interpreter, ..."""
PAUSE_SECONDS = 0.05
"""... and has it this long in between, ..."""
BUSY_PAUSE_SECONDS = 0.5
"""... and so long while deliveries arrive: to read one takes as much time as to receive it."""
_QUERY_SECONDS = 0.05
"""How long a query reads before it is answered."""


class Contracts:
    """Belongs to the session's loop."""

    def __init__(self, store: DeliveryStore, secret_ring: SecretRingRepository, job_fields: JobFields) -> None:
        """`job_fields`: those of the settings; a kind that is not the usual one was given by the user and stays."""
        self._store = store
        self._secret_ring = secret_ring
        self._job_fields = job_fields
        self._news = asyncio.Event()
        self._news.set()

    async def run(self) -> None:
        """Read what is stored, then what is added."""
        while True:
            await self._news.wait()
            self._news.clear()
            with contextlib.suppress(ProblemError):  # the next delivery tries again
                await self._read_all()
            await self._pause()

    async def _read_all(self) -> None:
        contracts = self._store.contracts
        is_done = await contracts.read(self._account, STEP_SECONDS)
        while not is_done:
            await self._pause()
            self._news.clear()
            is_done = await contracts.read(self._account, STEP_SECONDS)
        self._store.use_job_fields(self._chosen(await contracts.job_fields(self._job_fields)))

    async def _pause(self) -> None:
        await asyncio.sleep(BUSY_PAUSE_SECONDS if self._news.is_set() else PAUSE_SECONDS)

    def on_deliveries_stored(self, _event: DeliveriesStored) -> None:
        """Schedule their reading."""
        self._news.set()

    def on_verdict_changed(self, _event: VerdictChanged) -> None:
        """Schedule its reading: it may be valid now."""
        self._news.set()

    async def snapshot(self, query: GetContract) -> ContractSnapshot:
        """Read a limited part of the history and return the contract so far. Raises ProblemError."""
        return await self._store.contracts.snapshot(
            self._account, query.event, _QUERY_SECONDS, all_verdicts=query.all_verdicts
        )

    async def departures(self, seq: int) -> tuple[Departure, ...]:
        """Return where a stored delivery departs from what was read so far of the account. Raises ProblemError."""
        return await self._store.contracts.departures_in(self._account, seq)

    @property
    def _account(self) -> str:
        return self._secret_ring.account.key

    def _chosen(self, found: JobFields) -> JobFields:
        """The fields of the settings; where these are the usual ones, with what was found besides."""
        usual, given = JobFields(), self._job_fields
        return JobFields(
            ids=found.ids if given.ids == usual.ids else given.ids,
            status=found.status if given.status == usual.status else given.status,
            progress=found.progress if given.progress == usual.progress else given.progress,
            images=found.images if given.images == usual.images else given.images,
        )
