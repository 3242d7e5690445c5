"""Every sentence about a failed request to PiktID's API: an unusable answer, or none, becomes one Problem.

Message and hint are at most 78 cells each; what PiktID sent is sanitised and cut. `{again}` stands for the seconds
until the next try, which the caller knows.
"""

from __future__ import annotations

import email.utils
import re
import unicodedata
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

import httpx
from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.failure import Failure
from webhook_tui.http.failure import failure_of
from webhook_tui.piktid.models import Webhook, read_object

DEFAULT_API_URL = "https://v2.api.piktid.com"
TOKENS_PAGE = "app.on-model.com/profile?tab=tokens"

_WIDEST = 78
_LONGEST_DETAIL = 60
_LONGEST_WAIT = 86_400.0


class _Hint(NamedTuple):
    """What to do about a problem."""

    text: str
    screen_hint: str


class Operation(Enum):
    """A request to the API: its path, the key that repeats it (if one does), and what a 403 forbids."""

    REGISTER = ("/webhooks", "u", "register webhooks")
    CURRENT = ("/webhooks", "u", "read webhooks")
    TEST_PING = ("/webhooks/test", "t", "send test pings")
    DELETE = ("/webhooks", "X", "delete webhooks")
    STREAM = ("/notifications/events", None, "read events")

    def __init__(self, path: str, key: str | None, verb: str) -> None:
        self.path = path
        self.key = key
        self.verb = verb

    @property
    def repeats(self) -> bool:
        """Whether the program itself repeats it after a transient failure."""
        return self not in (Operation.TEST_PING, Operation.DELETE)


class Asked(Struct, frozen=True):
    """What the sentences say about one request."""

    operation: Operation
    api_url: str
    timeout_seconds: float

    @property
    def host(self) -> str:
        """Host, and port where it is not the scheme's own."""
        return visible(httpx.URL(self.api_url).netloc.decode("ascii", "replace"))

    @property
    def address(self) -> str:
        """Host and path without the scheme."""
        base = httpx.URL(self.api_url).path.rstrip("/")
        return f"{self.host}{visible(base)}{self.operation.path}"


class UnknownSecretError(ProblemError):
    """A webhook is registered, or may be, with a secret that PiktID did not send: the known ones may be out of date.

    `webhook`: PiktID's answer without the secret; None: there was no answer, or it could not be read.
    """

    def __init__(self, problem: Problem, webhook: Webhook | None = None) -> None:
        super().__init__(problem)
        self.webhook = webhook


def problem_of_answer(asked: Asked, status: int, headers: Mapping[str, str], body: bytes) -> Problem:
    """Return the problem of an answer that is not 2xx, or is 2xx with a body that is not JSON."""
    if 200 <= status < 400:
        return not_json(asked, status, headers)
    if status == 429:
        return _too_many(asked, _retry_after(headers))
    if status >= 500:
        return _problem(
            f"PiktID is unavailable ({status}).",
            _again(asked, "Your setup is fine" if asked.operation.repeats else "Your setup is fine; wait a moment"),
            is_transient=True,
            retry_after=_retry_after(headers),
        )
    detail = detail_of(body)
    if status in (400, 422):
        return _refused_request(asked, status, detail)
    return _client_error(asked, status, detail)


def problem_of_failure(asked: Asked, error: BaseException) -> Problem:
    """Return the problem when there was no answer. `error`: from httpx, or the TimeoutError of our own deadline."""
    host = asked.host
    match failure_of(error):
        case Failure.NAME:
            name = visible(httpx.URL(asked.api_url).host)
            following = _again(asked, "Check the connection")
            return _problem(f"{name} was not found: no network or no DNS.", following, is_transient=True)
        case Failure.REFUSED:
            following = _again(asked, "Check --api-url and any proxy or firewall")
            return _problem(f"{host} refused the connection.", following, is_transient=True)
        case Failure.UNREACHABLE:
            return _problem(f"{host} cannot be reached: no network.", _again(asked), is_transient=True)
        case Failure.TLS:
            following = _then(asked, "Check the clock, or set SSL_CERT_FILE to the CA of your network")
            return _problem(f"The certificate of {host} cannot be trusted.", following)
        case Failure.INSECURE:
            following = _then(asked, "Check --api-url (http or https?) and any proxy")
            return _problem(f"{host} made no secure connection.", following)
        case Failure.PROXY:
            following = _again(asked, "Check HTTPS_PROXY and NO_PROXY")
            return _problem(f"The proxy did not connect to {host}.", following, is_transient=True)
        case Failure.UNSENDABLE:
            following = _then(asked, "Check --api-url")
            return _problem("The request cannot be sent as HTTP.", following)
        case Failure.TIMEOUT:
            message = f"PiktID did not answer within {asked.timeout_seconds:g} s."
        case _:
            message = "PiktID cut the connection before its answer was whole."
    return _problem(message, _again(asked), is_transient=True)


def unseen_secret(problem: Problem) -> Problem:
    """Return the problem of a PUT without an answer: PiktID may have carried it out, with a new secret."""
    hint = "PiktID may have issued a new secret; retrying in {again}"
    return replace(problem, hint=f"{hint}.", screen_hint=f"{hint}; u tries now.")


def no_secret() -> Problem:
    """PUT /webhooks was answered without a secret."""
    return _problem(
        "PiktID registered the webhook but sent no secret.",
        _Hint(
            "Start again, or pass the secret that you have with --secret.",
            screen_hint="u registers again; or start with --secret and the one that you have.",
        ),
    )


INVALID_API_URL = Problem(
    "--api-url is not an http or https URL.", f"The default is {DEFAULT_API_URL}.", ExitCode.USAGE
)


def unusable_token() -> Problem:
    """The token has characters that an HTTP header cannot carry; nothing was sent."""
    return _problem(
        "The token has characters that a token cannot have.",
        _Hint(f"Copy it again from {TOKENS_PAGE}.", screen_hint=f"Copy it again from {TOKENS_PAGE}, then u."),
        needs_token=True,
    )


def not_event_stream(asked: Asked, status: int, headers: Mapping[str, str]) -> Problem:
    """The answer is a success, but not an event stream."""
    return _of_another_kind("no event stream", asked, status, headers)


STREAM_CLOSED = Problem("PiktID closed the event stream.", "Retrying in {again}.", ExitCode.API, is_transient=True)
STREAM_CUT = replace(STREAM_CLOSED, message="The connection of the event stream was cut.")


def stream_silent(seconds: float) -> Problem:
    """Neither an event nor a comment arrived for `seconds`."""
    return replace(STREAM_CLOSED, message=f"The event stream was silent for {seconds:g} s.")


def not_json(asked: Asked, status: int, headers: Mapping[str, str]) -> Problem:
    """The answer is not what an API sends."""
    return _of_another_kind("not JSON", asked, status, headers)


def unusable_proxy(variable: str) -> Problem:
    """The environment names a proxy that cannot be used; nothing was sent."""
    return Problem(
        f"{variable} names a proxy that cannot be used here.",
        "Set it to http://HOST:PORT or unset it, then start again.",
        ExitCode.API,
    )


def detail_of(body: bytes) -> str:
    """Return the reason in an error body, sanitised and on one line; "" when it has none.

    Documented: `{"error": "Invalid request", "detail": [{"field", "message", "position"}]}`, or an empty body
    (docs.piktid.com, all v2 pages). Other shapes with a reason are read, too.
    """
    fields = read_object(body)
    if fields is None:
        return ""
    detail = fields.get("detail")
    if isinstance(detail, list):
        words = "; ".join(filter(None, map(_one_detail, detail)))
    else:
        words = detail if isinstance(detail, str) else ""
    if not words:
        candidates = (fields.get("message"), fields.get("error"))
        words = next((text for text in candidates if isinstance(text, str) and text != "Invalid request"), "")
    return visible(words.strip())


def _one_detail(item: object) -> str:
    if not isinstance(item, dict):
        return item if isinstance(item, str) else ""
    message = item.get("message", item.get("msg"))
    if not isinstance(message, str) or not message:
        return ""
    field = item.get("field")
    return f"{field}: {message}" if isinstance(field, str) and field else message


def _client_error(asked: Asked, status: int, detail: str) -> Problem:
    operation = asked.operation
    if status == 401:
        return _problem(
            "PiktID refused the token (401): it is wrong or has expired.",
            _Hint(
                f"Create one at {TOKENS_PAGE} and set PIKTID_TOKEN.",
                screen_hint=f"Create one at {TOKENS_PAGE}, then u to enter it.",
            ),
            needs_token=True,
        )
    if status == 403:
        return _problem(
            _with_detail(f"PiktID does not let this token {operation.verb} (403)", detail),
            _Hint(
                "Use a token of the account's owner.",
                screen_hint="Use a token of the account's owner, then u to enter it.",
            ),
            needs_token=True,
        )
    if status == 402:
        message = _with_detail("PiktID says the account has no credits (402)", detail)
        return _problem(message, _then(asked, "Add credits at app.on-model.com"))
    if status == 409:
        message = _with_detail("PiktID is changing this webhook already (409)", detail)
        return _problem(message, _then(asked, "Wait a moment"))
    if status == 404 and operation is Operation.TEST_PING:
        return _problem(
            "PiktID has no webhook to ping (404).", _Hint("Register it first.", screen_hint="u registers it.")
        )
    if status in (404, 405, 410):
        message = f"There is nothing at {asked.address} ({status})."
    else:
        message = _with_detail(f"PiktID refused the request ({status})", detail, otherwise=" and gave no reason.")
    return Problem(message, f"Check --api-url; the default is {DEFAULT_API_URL}.", ExitCode.API)


def _refused_request(asked: Asked, status: int, detail: str) -> Problem:
    registering = asked.operation is Operation.REGISTER
    if detail and registering:
        message = _with_detail(f"PiktID refused the URL ({status})", detail)
        return Problem(message, "Register another one: --hook-url or another --tunnel.", ExitCode.API)
    message = _with_detail(f"PiktID refused the request ({status})", detail, otherwise=" and gave no reason.")
    following = _then(asked, "Check that the URL is public and https" if registering else "Wait a moment")
    return _problem(message, following)


def _too_many(asked: Asked, retry_after: float | None) -> Problem:
    following = _again(asked)
    if not asked.operation.repeats and retry_after is not None:
        following = _Hint("Wait {again}.", screen_hint=f"{asked.operation.key} works again in {{again}}.")
    return _problem("PiktID asks for fewer requests (429).", following, is_transient=True, retry_after=retry_after)


def _again(asked: Asked, words: str = "") -> _Hint:
    """What to do, and when the program retries by itself, if it does."""
    if not asked.operation.repeats:
        return _then(asked, words or "Wait a moment")
    hint = f"{words}; retrying in {{again}}" if words else "Retrying in {again}"
    key = asked.operation.key
    return _Hint(f"{hint}.", screen_hint=f"{hint}." if key is None else f"{hint}; {key} tries now.")


def _then(asked: Asked, words: str) -> _Hint:
    key = asked.operation.key
    return _Hint(f"{words}.", screen_hint=f"{words}." if key is None else f"{words}, then {key}.")


def _of_another_kind(words: str, asked: Asked, status: int, headers: Mapping[str, str]) -> Problem:
    kind = visible(headers.get("content-type", "").partition(";")[0].strip()) or "no content type"
    hint = "Check --api-url: that may be a web page"
    key = asked.operation.key
    return _problem(
        f"PiktID's answer was {words} ({status}, {_cut(kind, 30)}).",
        _Hint(f"{hint}.", screen_hint=f"{hint}; then {key}." if key else f"{hint}."),
    )


def _problem(
    message: str,
    hint: _Hint,
    *,
    is_transient: bool = False,
    needs_token: bool = False,
    retry_after: float | None = None,
) -> Problem:
    return Problem(
        message,
        hint.text,
        ExitCode.API,
        is_transient=is_transient,
        needs_token=needs_token,
        retry_after=retry_after,
        screen_hint=hint.screen_hint,
    )


def _with_detail(message: str, detail: str, *, otherwise: str = ".") -> str:
    if not detail:
        return f"{message}{otherwise}"
    return f"{message}: {_cut(detail, min(_LONGEST_DETAIL, _WIDEST - len(message) - 2))}"


def _cut(text: str, cells: int) -> str:
    """The text in at most `cells` cells, the last one an ellipsis where something was cut off."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > cells:
            return f"{text[: max(0, index - 1)]}…"
    return text


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds in Retry-After (RFC 9110, 10.2.3): a number, or a date, which is read by the server's own clock."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return min(float(value), _LONGEST_WAIT)
    try:
        at = email.utils.parsedate_to_datetime(value)
        now = email.utils.parsedate_to_datetime(headers.get("date", ""))
        return min(max(0.0, (at - now).total_seconds()), _LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None
