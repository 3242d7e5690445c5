"""The registration at PiktID: guarded, tried again, renewed with each new public URL, and undone when leaving.

A webhook that is not ours is never replaced without a word from the user, and never deleted (PiktID has one per user).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from webhook_tui.domain.account import Account
from webhook_tui.domain.commands import OwnershipChoice, ResolveOwnership
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.events import (
    Notified,
    OwnershipQuestioned,
    ProblemOccurred,
    TokenRequired,
    WebhookDeleted,
    WebhookRegistered,
)
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import WebhookState, WebhookStatus
from webhook_tui.piktid.client import PiktidClient
from webhook_tui.piktid.errors import UnknownSecretError
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook
from webhook_tui.session.secret_ring import SecretRingRepository
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.webhook_inspection import Clear, Foreign, Unknown, inspect

_FIRST_DELAY = 1.0
_LONGEST_DELAY = 30.0
_GUARD_SECONDS = 0.8
_DELETE_SECONDS = 2.0
_LONGEST_HOST = 26
_TAKE_BACK = "u takes it back and asks first; s watches without taking it."


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationOptions:
    """What the user decided about registering."""

    api_url: str
    replace: bool
    asks: bool
    """There is a screen that can ask, and registering waits for it; without one a foreign webhook ends the program."""
    clean: bool


class WebhookRegistration:
    """Runs on the session's loop. `address` tells it the URL to register; it does the rest."""

    def __init__(
        self,
        options: RegistrationOptions,
        keeper: SecretRingRepository,
        board: StatusPublisher,
        *,
        client_for: Callable[[Secret], PiktidClient],
        before_registering: Callable[[], Awaitable[None]],
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        judge_again: Callable[[], None],
        registered: Callable[[], None],
    ) -> None:
        self._options = options
        self._keeper = keeper
        self._board = board
        self._client_for = client_for
        self._before_registering = before_registering
        self._now = now
        self._jitter = jitter
        self._judge_again = judge_again
        self._on_registered = registered
        self._client: PiktidClient | None = None
        self._url: str | None = None
        self._held: tuple[int, str] | None = None
        self._ours: set[str] = set()
        """Every URL that this run registered, as it was sent and as PiktID said it."""
        self._is_confirmed = False
        """PiktID said itself that the webhook is ours: what it says next can be believed."""
        self._is_suspected = False
        """Another program may have registered its own; PiktID does not say."""
        self._lost: WebhookStatus | None = None
        """What to show again when the user does not take back what another program took."""
        self._put_back: str | None = None
        self._wake = asyncio.Event()
        self._permitted = asyncio.Event()
        self._again = False
        self._stopped_asking = False
        self._answer: asyncio.Future[ResolveOwnership] | None = None
        self._failures = 0

    @property
    def client(self) -> PiktidClient | None:
        """The client with the token in use, or None without a token."""
        return self._client

    @property
    def holds(self) -> bool:
        """Whether this run has a webhook registered, as far as it knows."""
        return self._held is not None

    @property
    def what_leaving_does(self) -> str | None:
        """`deleting webhook 41`, or the putting back of the old URL; None when nothing is to be undone."""
        if self._client is None or self._held is None or not self._options.clean:
            return None
        if self._put_back is not None:
            return "putting the old URL back"
        return f"deleting webhook {self._board.status.webhook.webhook_id or ''}".rstrip()

    async def use_token(self, token: Secret) -> None:
        """Work with `token` from now on, and try again."""
        if self._client is not None:
            await self._client.aclose()
        self._client = self._client_for(token)
        self._keeper.use(Account.of(self._options.api_url, token))
        self._judge_again()
        self.try_again()

    def address(self, url: str | None) -> None:
        """The URL that leads to the hook now; None while there is none."""
        if url == self._url:
            return
        self._url = url
        if self._board.status.webhook.state is WebhookState.TAKEN:
            return  # it is the user who takes it back
        if self._held is not None and self._held[1] != url:
            self._board.webhook(state=WebhookState.STALE, since=self._now())
        if url is None:
            return
        self._again = True
        self._failures = 0
        self._wake.set()

    def try_again(self) -> None:
        """Register (again) as soon as there is a URL."""
        self._again = True
        self._stopped_asking = False
        self._wake.set()

    def answer_guard(self, answer: ResolveOwnership) -> None:
        """What the user says to OwnershipQuestioned."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def permit(self) -> None:
        """The screen is shown: register from now on."""
        self._permitted.set()

    async def run(self) -> None:
        """Until cancelled."""
        if self._options.asks:
            await self._permitted.wait()
        if self._client is None:
            self._board.emit(TokenRequired(None))
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._client is None or self._url is None or not self._again or self._stopped_asking:
                continue
            self._again = False
            delay = await self._attempt(self._client, self._url)
            if delay is not None:
                self._again = True
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._wake.wait()
                self._wake.set()

    async def _attempt(self, client: PiktidClient, url: str) -> float | None:
        """Register once; seconds until the next try by itself, or None when there is none."""
        self._board.webhook(state=WebhookState.REGISTERING, since=self._now(), problem=None, next_try_at=None)
        try:
            if not await self._may_register(client):
                self._stopped_asking = True
                return None
            await self._before_registering()
            await self._register(client, url)
        except ProblemError as error:
            return self._failed(error.problem)
        self._failures = 0
        return None

    def _failed(self, problem: Problem) -> float | None:
        delay = self._delay(problem) if problem.is_transient else None
        state = WebhookState.NOT_REGISTERED if problem.is_transient else WebhookState.REFUSED
        at = self._now()
        self._board.webhook(
            state=state, since=at, problem=problem, next_try_at=at + timedelta(seconds=delay) if delay else None
        )
        self._board.emit(ProblemOccurred(problem, delay, fatal=not problem.is_transient))
        return delay

    def _delay(self, problem: Problem) -> float:
        self._failures += 1
        longest = min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** (self._failures - 1))
        return max(problem.retry_after or 0.0, longest * (0.5 + self._jitter() / 2))

    async def _may_register(self, client: PiktidClient) -> bool:
        if self._options.replace or (self._held is not None and not self._is_suspected):
            return True
        abandoned = self._keeper.accounts.abandoned(self._keeper.account)
        finding = await inspect(client, {registration.url for registration in abandoned} | self._ours)
        match finding:
            case Clear():
                return True
            case Unknown():
                return await self._ask_unknown()
            case Foreign():
                return await self._ask_foreign(finding)

    async def _ask_unknown(self) -> bool:
        account = self._keeper.account
        if self._keeper.accounts.guard_was_asked(account) and not self._is_suspected:
            return True
        if not self._options.asks:
            self._board.emit(
                Notified("PiktID does not say whether a webhook is registered; one that is there is replaced.")
            )
            return True
        if await self._ask(OwnershipQuestioned(None)) is not None:
            self._keeper.remember_guard_asked()
            return True
        return False

    async def _ask_foreign(self, finding: Foreign) -> bool:
        if not self._options.asks:
            raise ProblemError(
                Problem(
                    f"A webhook that is not ours is registered: {finding.shown_url}.",
                    "Replace it with --replace, or watch with --no-register.",
                    ExitCode.API,
                )
            )
        answer = await self._ask(OwnershipQuestioned(finding.webhook))
        if answer is None:
            return False
        self._put_back = finding.webhook.url if answer.restore_previous else None
        return True

    async def _ask(self, question: OwnershipQuestioned) -> ResolveOwnership | None:
        """The user's answer if it is to replace; None, and the state says it, if nothing is to be touched."""
        self._answer = asyncio.get_running_loop().create_future()
        self._board.emit(question)
        try:
            answer = await self._answer
        finally:
            self._answer = None
        if answer.choice is OwnershipChoice.REPLACE:
            return answer
        if answer.choice is OwnershipChoice.WATCH:
            self._board.webhook(state=WebhookState.WATCHING, since=self._now(), taken_by=None)
        elif self._lost is not None:
            self._board.change(webhook=self._lost)
        else:
            self._board.webhook(state=WebhookState.NOT_REGISTERED, since=self._now())
        return None

    async def _register(self, client: PiktidClient, url: str) -> None:
        # Written down first: if this process dies while PiktID answers, the next one knows the URL as ours.
        registration = self._keeper.accounts.record_registration(
            self._keeper.account, url=url, webhook_id=None, at=self._now()
        )
        self._keeper.unanswered = True
        try:
            webhook = await client.register(url)
        except asyncio.CancelledError:
            self._hold(registration, url)
            raise
        except UnknownSecretError:
            self._hold(registration, url)
            raise
        except ProblemError:
            self._keeper.end_registration(registration)
            raise
        finally:
            self._keeper.unanswered = False
            self._judge_again()
        self._hold(registration, url)
        self._registered(webhook, url)

    def _hold(self, registration: int, url: str) -> None:
        if self._held is not None:
            self._keeper.end_registration(self._held[0])
        self._held = (registration, url)
        self._ours.add(url)
        self._is_confirmed = self._is_suspected = False
        self._lost = None

    def _registered(self, webhook: Webhook, url: str) -> None:
        at = self._now()
        if webhook.url is not None:
            self._ours.add(webhook.url)
        if webhook.secret is not None:
            self._keeper.registered(webhook.secret)
        current = self._keeper.ring.current
        self._board.webhook(
            state=WebhookState.REGISTERED,
            webhook_id=webhook.id,
            url=url,
            since=at,
            registered_at=at,
            secret_since=current.since if current else None,
            last_response_status=webhook.last_response_status,
            last_response_at=webhook.last_response_at,
            taken_by=None,
            problem=None,
            next_try_at=None,
        )
        self._board.emit(WebhookRegistered(webhook.id, url))
        self._on_registered()

    async def test_ping(self) -> None:
        """Ask PiktID for a ping; a refusal becomes the webhook's problem."""
        if self._client is None:
            self._board.emit(TokenRequired(None))
            return
        try:
            await self._client.test_ping()
        except ProblemError as error:
            self._board.webhook(problem=error.problem)
            self._board.emit(ProblemOccurred(error.problem))
        else:
            if self._board.status.webhook.state is WebhookState.REGISTERED:
                self._board.webhook(problem=None)
            await self.look()

    async def look(self) -> None:
        """Ask what PiktID saw last, where it says so."""
        if self._client is None:
            return
        with contextlib.suppress(ProblemError):
            present = await self._client.current()
            if isinstance(present, Webhook) and self._held is not None and present.url == self._held[1]:
                self._board.webhook(
                    last_response_status=present.last_response_status, last_response_at=present.last_response_at
                )

    # Another program

    async def whose(self) -> Webhook | NoWebhook | CannotTell | None:
        """What PiktID says is registered; None when something changed here meanwhile. Raises ProblemError."""
        client, before = self._client, (self._held, self._board.status.webhook.since)
        if client is None:
            return None
        present = await client.current()
        return present if before == (self._held, self._board.status.webhook.since) else None

    def seen(self, present: Webhook) -> None:
        """PiktID said what is registered."""
        is_taken = self._board.status.webhook.state is WebhookState.TAKEN
        if present.url in self._ours:
            self._is_confirmed = True
            if is_taken and self._is_suspected:
                self.trust()
            elif is_taken:  # it was put back, with a secret that we do not know
                self._board.webhook(state=WebhookState.NOT_REGISTERED, since=self._now(), taken_by=None, problem=None)
                self.try_again()
            return
        host = _cut(visible(urlsplit(present.url or "").netloc or present.url or ""), _LONGEST_HOST)
        if not is_taken or self._board.status.webhook.taken_by != host:
            self._let_go()
            what = f"{host} was registered instead at {{at}}. Nothing comes here."
            self._taken(what, WebhookState.TAKEN, at=_moment(present.updated_at or present.created_at), by=host)

    def vanished(self) -> None:
        """PiktID said that nothing is registered. Believed only after it named ours: it may not have that page."""
        if self._is_confirmed or self._board.status.webhook.state is WebhookState.TAKEN:
            self._let_go()
            self._taken("The webhook was deleted by another program at {at}. Nothing comes here.", WebhookState.DELETED)

    def suspect(self) -> None:
        """Events come by the event stream alone. Ours until PiktID says otherwise, but not deleted when leaving."""
        self._is_suspected = True
        self._taken("Events come by SSE alone: another program may have registered.", WebhookState.TAKEN)

    def trust(self) -> None:
        """A suspicion was wrong."""
        if not self._is_suspected:
            return
        self._is_suspected, self._lost = False, None
        self._stopped_asking = False
        if self._board.status.webhook.state is WebhookState.TAKEN:
            self._board.webhook(state=WebhookState.REGISTERED, since=self._now(), problem=None)
            if self._held is not None and self._url != self._held[1]:
                self.try_again()

    def _let_go(self) -> None:
        """What is registered is not ours any more: no secret is current, and nothing is deleted when leaving."""
        self._is_confirmed = self._is_suspected = False
        self._put_back = None
        held, self._held = self._held, None
        if held is not None:
            self._keeper.end_registration(held[0])
        self._keeper.ended()

    def _taken(self, what: str, state: WebhookState, *, at: datetime | None = None, by: str | None = None) -> None:
        self._stopped_asking = True
        clock = f"{(at or self._now()).astimezone():%H:%M}"
        back = "u registers it again." if state is WebhookState.DELETED else _TAKE_BACK
        problem = Problem(
            what.replace("{at}", clock), back if self._options.asks else "Start again to take it back.", ExitCode.API
        )
        self._board.webhook(state=state, since=self._now(), taken_by=by, problem=problem, secret_since=None)
        self._lost = self._board.status.webhook if state is WebhookState.TAKEN else None
        self._board.emit(ProblemOccurred(problem))

    async def delete(self) -> None:
        """Delete what this run registered; a refusal becomes the webhook's problem."""
        if self._client is None or self._held is None:
            self._board.emit(Notified("This run has registered no webhook: nothing was deleted."))
            return
        try:
            await self._client.delete()
        except ProblemError as error:
            self._board.webhook(problem=error.problem)
            self._board.emit(ProblemOccurred(error.problem))
            return
        self._deleted()

    def _deleted(self) -> None:
        assert self._held is not None
        self._keeper.end_registration(self._held[0])
        self._held = None
        self._keeper.ended()
        self._board.webhook(state=WebhookState.DELETED, since=self._now(), problem=None, secret_since=None)
        self._board.emit(WebhookDeleted())

    async def leave(self) -> Problem | None:
        """Undo what this run registered and still holds, within 3 s; what could not be undone is the Problem."""
        client, held = self._client, self._held
        if client is None or held is None or not self._options.clean:
            return None
        if self._is_suspected:
            return Problem("Another program may have registered its webhook.", "Nothing was deleted.")
        try:
            if await self._was_taken(client, held[1]):
                self._keeper.end_registration(held[0])
                self._held = None
                return Problem("Another program registered its webhook meanwhile.", "It was left as it is.")
            if self._put_back is not None:
                return await self._give_back(client, self._put_back)
            async with asyncio.timeout(_DELETE_SECONDS + 0.1):
                await client.delete(timeout_seconds=_DELETE_SECONDS, attempts=1)
        except (ProblemError, TimeoutError) as error:
            why = error.problem.what if isinstance(error, ProblemError) else "PiktID did not answer."
            return Problem(
                f"The webhook could not be deleted: {why[:1]}{why[1:].rstrip('.')}.",
                "Delete it later with: webhook-tui, X. It points at a closed tunnel.",
                ExitCode.API,
            )
        self._deleted()
        return None

    async def _was_taken(self, client: PiktidClient, url: str) -> bool:
        with contextlib.suppress(ProblemError, TimeoutError):
            async with asyncio.timeout(_GUARD_SECONDS):
                present = await client.current()
            return isinstance(present, Webhook) and present.url is not None and present.url != url
        return False

    async def _give_back(self, client: PiktidClient, url: str) -> Problem | None:
        async with asyncio.timeout(_DELETE_SECONDS):
            webhook = await client.register(url)
        assert self._held is not None
        self._keeper.end_registration(self._held[0])
        self._held = None
        if webhook.secret is None:
            return Problem(f"{url} is registered again; PiktID sent no secret.", "")
        self._keeper.registered(webhook.secret)
        return Problem(f"{url} is registered again. Its new secret, shown once and kept: {webhook.secret.reveal()}", "")

    async def aclose(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _moment(text: str | None) -> datetime | None:
    """A time of PiktID's, or None when it says none that can be read."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
