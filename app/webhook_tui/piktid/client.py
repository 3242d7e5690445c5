"""The calls on /webhooks. What is safe to repeat is tried a few times, quickly; long back-off is the session's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx
import stamina
import stamina.instrumentation
from msgspec import Struct

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.failure import failure_of, was_sent
from webhook_tui.http.sender import read_capped
from webhook_tui.piktid import errors
from webhook_tui.piktid.connection import authorization, base_url, new_client, without
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook, read_object, webhook_from

_LONGEST_ANSWER = 1024 * 1024
_FIRST_WAIT_SECONDS = 0.1
_LONGEST_WAIT_SECONDS = 1.0

# The front ends own the terminal; by default stamina writes a line to standard error for each retry.
stamina.instrumentation.set_on_retry_hooks(())


class _Answer(Struct, frozen=True):
    status: int
    headers: httpx.Headers
    body: bytes


class _NoAnswerError(Exception):
    """The exchange failed; `sent`: PiktID may have carried it out all the same."""

    def __init__(self, error: BaseException, *, sent: bool) -> None:
        super().__init__()
        self.error = error
        self.sent = sent
        self.may_pass = failure_of(error) not in (Failure.TLS, Failure.INSECURE, Failure.UNSENDABLE)


class _OutOfOrderError(Exception):
    """A 502, 503 or 504: the same request may be answered a moment later."""

    def __init__(self, answer: _Answer) -> None:
        super().__init__()
        self.answer = answer


class PiktidClient:
    """One account's webhook at one API. Every failure is a ProblemError in the words of the screen."""

    def __init__(
        self,
        api_url: str,
        token: Secret,
        *,
        timeout_seconds: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`timeout_seconds`: for one request and its whole answer. Raises ProblemError for an unusable `api_url`."""
        base_url(api_url)
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        """Made by the first call: what is wrong with the environment is that call's failure, not the program's."""
        self._api_url = api_url
        self._token = token
        self._timeout_seconds = timeout_seconds
        self.clock_offset_seconds: float | None = None
        """How far this machine's clock was ahead of the `Date` (RFC 9110, 6.6.1) of the last answer; None: unknown."""

    async def register(self, url: str) -> Webhook:
        """PUT /webhooks: the webhook, with its new secret.

        Raises UnknownSecretError when PiktID did or may have done it without our learning the secret. Such a PUT is not
        repeated here: every PUT makes another secret.
        """
        asked = self._asked(errors.Operation.REGISTER)
        try:
            answer = await self._exchange("PUT", asked, json={"url": url}, attempts=3, repeat=lambda e: not e.sent)
        except _NoAnswerError as failed:
            problem = errors.problem_of_failure(asked, failed.error)
            if failed.sent:
                raise errors.UnknownSecretError(errors.unseen_secret(problem)) from None
            raise ProblemError(problem) from None
        if not httpx.codes.is_success(answer.status):
            raise ProblemError(errors.problem_of_answer(asked, answer.status, answer.headers, answer.body))
        fields = read_object(answer.body)
        if fields is None:
            raise errors.UnknownSecretError(errors.not_json(asked, answer.status, answer.headers))
        webhook = webhook_from(fields)
        if webhook.secret is None:
            raise errors.UnknownSecretError(errors.no_secret(), webhook)
        return webhook

    async def current(self) -> Webhook | NoWebhook | CannotTell:
        """GET /webhooks, which is not documented: a 405, or an answer without a URL, leaves it unknown."""
        asked = self._asked(errors.Operation.CURRENT)
        answer = await self._repeated("GET", asked)
        if answer.status == 404:
            return NoWebhook()
        if answer.status == 405:
            return CannotTell()
        if not httpx.codes.is_success(answer.status):
            raise ProblemError(errors.problem_of_answer(asked, answer.status, answer.headers, answer.body))
        fields = read_object(answer.body)
        if fields is None:
            if _says_json(answer):
                return CannotTell()
            raise ProblemError(errors.not_json(asked, answer.status, answer.headers))
        webhook = webhook_from(fields)
        return webhook if webhook.url else CannotTell()

    async def test_ping(self) -> None:
        """POST /webhooks/test; never repeated by itself, since each one sends a ping."""
        asked = self._asked(errors.Operation.TEST_PING)
        answer = await self._repeated("POST", asked, attempts=1)
        if not httpx.codes.is_success(answer.status):
            raise ProblemError(errors.problem_of_answer(asked, answer.status, answer.headers, answer.body))

    async def delete(self, *, timeout_seconds: float | None = None, attempts: int = 3) -> bool:
        """DELETE /webhooks: True when it was deleted, False when it was gone already (404)."""
        asked = self._asked(errors.Operation.DELETE, timeout_seconds)
        answer = await self._repeated("DELETE", asked, attempts=attempts)
        if answer.status == 404:
            return False
        if not httpx.codes.is_success(answer.status):
            raise ProblemError(errors.problem_of_answer(asked, answer.status, answer.headers, answer.body))
        return True

    async def aclose(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()

    def _asked(self, operation: errors.Operation, timeout_seconds: float | None = None) -> errors.Asked:
        return errors.Asked(operation, self._api_url, timeout_seconds or self._timeout_seconds)

    async def _repeated(self, method: str, asked: errors.Asked, *, attempts: int = 3) -> _Answer:
        try:
            return await self._exchange(method, asked, attempts=attempts, repeat=lambda _: True)
        except _NoAnswerError as failed:
            raise ProblemError(errors.problem_of_failure(asked, failed.error)) from None

    async def _exchange(
        self,
        method: str,
        asked: errors.Asked,
        *,
        attempts: int,
        repeat: Callable[[_NoAnswerError], bool],
        json: dict[str, str] | None = None,
    ) -> _Answer:
        """One answer out of at most `attempts` requests; raises _NoAnswerError when the last one had none."""

        def worth_repeating(error: Exception) -> bool:
            return isinstance(error, _OutOfOrderError) or (
                isinstance(error, _NoAnswerError) and error.may_pass and repeat(error)
            )

        try:
            async for attempt in stamina.retry_context(
                on=worth_repeating,
                attempts=attempts,
                timeout=asked.timeout_seconds,
                wait_initial=_FIRST_WAIT_SECONDS,
                wait_max=_LONGEST_WAIT_SECONDS,
                wait_jitter=_FIRST_WAIT_SECONDS,
            ):
                with attempt:
                    answer = await self._once(method, asked, json)
        except _OutOfOrderError as out_of_order:
            return out_of_order.answer
        return answer

    async def _once(self, method: str, asked: errors.Asked, json: dict[str, str] | None) -> _Answer:
        headers = authorization(self._token)
        if self._client is None:
            self._client = new_client(self._api_url, self._transport)
        client = self._client
        steps: set[str] = set()

        async def note(step: str, _: object) -> None:
            steps.add(step)

        try:
            async with (
                asyncio.timeout(asked.timeout_seconds),
                client.stream(
                    method, asked.operation.path, headers=headers, json=json, extensions={"trace": note}
                ) as response,
            ):
                self.clock_offset_seconds = _offset(response.headers.get("date"), time.time())
                body = await read_capped(response.aiter_bytes(), _LONGEST_ANSWER)
        except TimeoutError as error:
            raise _NoAnswerError(error, sent="http11.send_request_headers.started" in steps) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _NoAnswerError(error, sent=was_sent(error)) from None
        except RuntimeError as error:
            if not client.is_closed:
                raise
            raise ProblemError(errors.problem_of_failure(asked, error)) from None  # closed before another try
        body = body or b""
        answer = _Answer(
            response.status_code, response.headers, body if response.is_success else without(self._token, body)
        )
        if answer.status in (502, 503, 504) and "retry-after" not in answer.headers:
            raise _OutOfOrderError(answer)
        return answer


def _offset(date: str | None, now: float) -> float | None:
    """Seconds from the time in a header to `now`; None when it holds none."""
    try:
        return None if date is None else now - parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None


def _says_json(answer: _Answer) -> bool:
    return not answer.body or "json" in answer.headers.get("content-type", "")
