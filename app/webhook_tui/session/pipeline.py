"""Processes a delivery: verifies, stores and publishes it, then answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Self

from webhook_tui.domain.account import Account
from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.headers import WebhookHeaders, webhook_headers
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import DeliveryStored, Forwarded, Notified, ProblemOccurred
from webhook_tui.domain.signature.signature import Verifier
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.http.receiver import Reply
from webhook_tui.session import messages
from webhook_tui.session.answer_rule import ActiveAnswerRule
from webhook_tui.session.bus import DeliveriesInserted, DeliveriesStored, DeliveryRefused, EventBus, VerificationWanted
from webhook_tui.session.clock import Clock
from webhook_tui.session.forwarding.forwarder import LOOP, Forwarder
from webhook_tui.session.forwarding.simulation import EventSimulation
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.tasks import BackgroundTasks
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.insertion import Recordable, recordable
from webhook_tui.storage.writer import Arrival

SECRETS_BEFORE_THE_ANSWER = 4
"""The current secret and the last three; older ones are tried in the background."""

_QUIET_SECONDS = 1.0
"""After so long without a refused delivery, deliveries count as stored again."""


_DEFAULT = Answer()


class _Arrival(Arrival, kw_only=True, eq=False):
    """A delivery from its arrival to its answer."""

    pipeline: DeliveryPipeline
    delivery: Delivery
    verifier: Verifier
    unanswered: bool
    """Whether a registration was under way when it arrived."""
    account: Account
    reply: Reply
    answer_with: Answer
    simulated: bytes | None = None
    """The value of its X-Webhook-Simulated, once it is recorded."""

    def record(self) -> Recordable:
        """Verify and parse it, on any thread."""
        pipeline, delivery = self.pipeline, self.delivery
        found = webhook_headers(delivery.headers)
        self.simulated = found.simulated
        verification = pipeline.verify(delivery.body, found, self.verifier, unanswered=self.unanswered)
        return recordable(
            delivery,
            verification,
            account=self.account,
            answered=self.answer_with.answered,
            job_fields=pipeline.store.configured_job_fields,
            found=found,
        )

    @classmethod
    def on_inserted(cls, arrivals: Sequence[Self]) -> None:
        """Publish them together; there is one pipeline."""
        arrivals[0].pipeline.publish_inserted(cls._events(arrivals))

    @classmethod
    def on_stored(cls, arrivals: Sequence[Self]) -> None:
        """Publish them together, as the events that were published before the commit where they are the same."""
        pipeline = arrivals[0].pipeline
        inserted = pipeline.take_inserted()
        is_same = inserted is not None and inserted[0].row is arrivals[0].row  # else the thread inserted them
        pipeline.publish(inserted if inserted is not None and is_same else cls._events(arrivals))

    @staticmethod
    def _events(arrivals: Sequence[_Arrival]) -> Sequence[DeliveryStored]:
        pipeline = arrivals[0].pipeline
        return [
            pipeline.stored(each.row, each.delivery, each.simulated, is_strict=each.recordable.is_strict)
            for each in arrivals
            if each.row is not None and each.recordable is not None
        ]

    def on_failed(self, problem: Problem) -> None:
        """Publish why it is not stored, and answer so."""
        self.pipeline.refuse(self.delivery, problem)
        self.reply.not_stored(problem)

    def answer(self) -> None:
        """Answer it."""
        self.reply.answer(self.answer_with)


class DeliveryPipeline:
    """Handles each delivery of the receiver. Belongs to the session's loop."""

    def __init__(
        self,
        store: DeliveryStore,
        secret_ring: SecretRingRepository,
        status: StatusPublisher,
        bus: EventBus,
        clock: Clock,
        *,
        tasks: BackgroundTasks,
        answer_rule: ActiveAnswerRule,
        forwarder: Forwarder,
        simulation: EventSimulation,
    ) -> None:
        self.store = store
        self._loop = asyncio.get_running_loop()
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._clock = clock
        self._tasks = tasks
        self._answer_rule = answer_rule
        self._forwarder = forwarder
        self._simulation = simulation
        self._inserted: Sequence[DeliveryStored] | None = None
        """The group that was inserted last, until it is stored."""
        self._published: str | None = None
        """The reason for not storing that was published last."""
        self._quiet_timer: asyncio.TimerHandle | None = None

    def record(self, delivery: Delivery, reply: Reply) -> asyncio.Task[None] | None:
        """Store one delivery, then answer it; return the task that does so where the answer is the local app's.

        A forwarded delivery that returns is stored already and is not stored again.
        """
        if self._forwarder.has_come_back(delivery.headers):
            asyncio.get_running_loop().call_soon(reply.answer, LOOP)
            return None
        ruled = self._answer_rule.next(delivery)
        if self._forwarder.is_on:
            return asyncio.create_task(self._record_and_forward(delivery, ruled, reply))
        ring = self._secret_ring
        self.store.add(
            _Arrival(
                pipeline=self,
                delivery=delivery,
                size=len(delivery.body),
                verifier=ring.verifier,
                unanswered=ring.unanswered,
                account=ring.account,
                reply=reply,
                answer_with=ruled or _DEFAULT,
            ),
            self._loop,
        )
        return None

    async def _record_and_forward(self, delivery: Delivery, ruled: Answer | None, reply: Reply) -> None:
        ring, answered = self._secret_ring, None if ruled is None else ruled.answered
        found = webhook_headers(delivery.headers)
        verification = self.verify(delivery.body, found, ring.verifier, unanswered=ring.unanswered)
        try:
            row = await self.store.record(delivery, verification, account=ring.account, answered=answered)
        except ProblemError as error:
            self.refuse(delivery, error.problem)
            reply.not_stored(error.problem)
            return
        self.publish([self.stored(row, delivery, found.simulated)])
        stored = StoredDelivery(row, delivery)
        url = self._forwarder.url_for(stored)
        if ruled is None:
            reply.answer(await self._forward(stored, url))
            return
        if url is not None:
            self._tasks.start(self._forward_besides(stored, url), f"Forwarding delivery #{row.seq}")
        reply.answer(ruled)

    def verify(self, body: bytes, found: WebhookHeaders, verifier: Verifier, *, unanswered: bool) -> VerificationResult:
        """Return the verdict before the answer, on any thread."""
        return verifier.check_signatures(
            found.signatures,
            body,
            limit=SECRETS_BEFORE_THE_ANSWER,
            unanswered=unanswered,
            zone_now=self._clock.local_now,
        )

    def refuse(self, delivery: Delivery, problem: Problem) -> None:
        """Publish that a delivery could not be stored."""
        self._publish_not_stored(problem)
        self._bus.publish(DeliveryRefused(delivery))

    def stored(
        self, row: DeliveryRow, delivery: Delivery, simulated: bytes | None, *, is_strict: bool = False
    ) -> DeliveryStored:
        """Return the event of a delivery that was inserted."""
        return DeliveryStored(row, delivery, self._simulation.is_own(simulated), is_strict)

    def publish_inserted(self, inserted: Sequence[DeliveryStored]) -> None:
        """Publish deliveries that are about to be committed."""
        self._inserted = inserted
        self._bus.publish(DeliveriesInserted(inserted))

    def take_inserted(self) -> Sequence[DeliveryStored] | None:
        """Return the last deliveries that `publish_inserted` published; None when they were taken already."""
        inserted, self._inserted = self._inserted, None
        return inserted

    def publish(self, stored: Sequence[DeliveryStored]) -> None:
        """Count and publish deliveries that are on disk."""
        status = self._status
        if status.route.storing is not None:
            status.change(storing=None)
        if self._published is not None and self._quiet_timer is None:
            self._quiet_timer = asyncio.get_running_loop().call_later(_QUIET_SECONDS, self._publish_stored_again)
        verdicts = [each.row.verdict for each in stored]
        status.count_received(verdicts)
        if self.store.set_aside is not None:
            status.note_set_aside("The history", self.store.set_aside)
        self._bus.publish(DeliveriesStored(stored))
        if Verdict.PENDING in verdicts and not self._secret_ring.unanswered and self._secret_ring.ring.newest_first():
            self._bus.publish(VerificationWanted())

    async def _forward(self, stored: StoredDelivery, url: str | None) -> Answer:
        """Return the app's answer, or (`url` None) the default one, and note it in the row."""
        answer, result = (_DEFAULT, None) if url is None else await self._forwarder.forward(stored, url)
        try:
            await self.store.set_answered(stored.row.seq, answer.answered)
        except ProblemError as error:  # the delivery itself is on disk
            self._publish_not_stored(error.problem)
        if result is not None:
            self._bus.publish(Forwarded(result))
        return answer

    async def _forward_besides(self, stored: StoredDelivery, url: str) -> None:
        """Forward a delivery that the answer rule answers."""
        _, result = await self._forwarder.forward(stored, url)
        self._bus.publish(Forwarded(result))

    def _publish_not_stored(self, problem: Problem) -> None:
        """Publish each reason once, also when a small delivery can be stored between large ones."""
        self._status.change(storing=problem)
        if self._quiet_timer is not None:
            self._quiet_timer.cancel()
            self._quiet_timer = None
        if problem.message != self._published:
            self._published = problem.message
            self._bus.publish(ProblemOccurred(problem))

    def _publish_stored_again(self) -> None:
        self._published = self._quiet_timer = None
        self._bus.publish(Notified(messages.STORED_AGAIN))
