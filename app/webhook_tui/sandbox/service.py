"""The sandbox as a whole: one account with one webhook, nothing global; time and chance come from outside."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from webhook_tui.domain.scenario import Fault, Scenario
from webhook_tui.sandbox.events import Notifications, SandboxEvent
from webhook_tui.sandbox.jobs import Step, first_jobs, following_jobs, sample_job
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.registration import Registration, Registry
from webhook_tui.sandbox.sender import Attempt, Deliverer


class Sandbox:
    """Put its `application` on a server, `start` it, and `aclose` it before the server stops (that ends open streams).

    `now` gives UTC, `random` numbers from 0 to below 1, `sleep` waits, `new_secret` makes signing secrets,
    `attempted` is called with each attempt to deliver.
    """

    def __init__(
        self,
        options: SandboxOptions,
        *,
        now: Callable[[], datetime],
        random: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        new_secret: Callable[[], str] = lambda: secrets.token_hex(32),
        attempted: Callable[[Attempt], None] = lambda _: None,
    ) -> None:
        self.options = options
        self.registry = Registry(now=now, new_secret=new_secret, former=options.former_secret)
        self.notifications = Notifications(
            first_id=options.first_event_id, kept_seconds=options.backfill_seconds, now=now
        )
        self._random = random
        self._sleep = sleep
        self._planned: deque[Fault] = deque()
        self._registered = asyncio.Event()
        self._playing: asyncio.Task[None] | None = None
        self._deliverer = Deliverer(
            options, self.registry, random=random, sleep=sleep, delivered=self._accepted, attempted=attempted
        )

    @property
    def attempts(self) -> Iterable[Attempt]:
        """The deliveries made, oldest first, at most the last 10,000."""
        return tuple(self._deliverer.attempts)

    async def start(self) -> None:
        """Begin to play, where the options say so; what is registered gets its ping in any case."""
        if (self.options.play or self.options.scenario) and self._playing is None:
            self._playing = asyncio.create_task(self._play(), name="sandbox play")

    async def aclose(self) -> None:
        """End streams, deliveries and the play."""
        self.notifications.close()
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)
        await self._deliverer.aclose()

    async def settled(self) -> None:
        """Wait until no delivery and no retry is under way."""
        await self._deliverer.settled()

    async def register(self, url: str) -> Registration:
        """PUT /webhooks: a new secret, and a ping at once (documented)."""
        registration = self.registry.put(url)
        first_over = self.ping()
        self._registered.set()
        if self.options.ping_before_answer:
            await first_over.wait()
        return registration

    def ping(self) -> asyncio.Event:
        """Send a test ping; what is given back is set when its first attempt is over."""
        event = self.notifications.make("ping", {})
        if self.options.ping_on_stream:
            self.notifications.publish(event)
        return self._deliverer.deliver(event, self._next_fault())

    def emit(self, name: str, data: Mapping[str, object], *, fault: Fault | None = None) -> SandboxEvent:
        """An event happens: it goes to the streams, and to the webhook if one is registered."""
        event = self.notifications.make(name, data)
        self.notifications.publish(event)
        if self.registry.current is not None:
            self._deliverer.deliver(event, fault or self._next_fault())
        return event

    def plan_faults(self, fault: Fault, count: int = 1) -> None:
        """Let the following `count` deliveries go wrong in this way, after those that were planned before."""
        self._planned.extend([fault] * count)

    def play_job(self, kind: str, *, images: int = 3) -> list[SandboxEvent]:
        """Let all events of a sample job happen at once; `kind`: one of JOB_KINDS."""
        samples = sample_job(kind, self._random, images=images, images_url=self.options.images_url)
        return [self.emit(sample.name, sample.data) for sample in samples]

    async def _play(self) -> None:
        await self._registered.wait()
        if self.options.scenario is not None:
            await self._play_scenario(self.options.scenario)
            return
        for step in first_jobs(self._random, with_faults=self.options.with_faults, images_url=self.options.images_url):
            await self._take(step)
        for step in following_jobs(
            self._random, every_seconds=self.options.job_every_seconds, images_url=self.options.images_url
        ):
            await self._take(step)

    async def _play_scenario(self, scenario: Scenario) -> None:
        """Each event happens at its first step; further steps are attempts to deliver it."""
        events: dict[int, SandboxEvent] = {}
        for step in scenario.steps:
            await self._sleep(step.after_seconds / self.options.speed)
            event = events.get(step.event)
            if event is None:
                data = step.data_with_links(self.options.images_url)
                event = events[step.event] = self.notifications.make(step.name, data)
                self.notifications.publish(event)
            if self.registry.current is not None:
                self._deliverer.deliver(event, step.fault, retries=False)

    async def _take(self, step: Step) -> None:
        await self._sleep(step.after_seconds)
        self.emit(step.sample.name, step.sample.data, fault=step.fault)

    def _next_fault(self) -> Fault | None:
        return self._planned.popleft() if self._planned else None

    def _accepted(self, event: SandboxEvent) -> None:
        if self.options.consumed_by_delivery:
            self.notifications.consume(event.id)
