"""The result of a forward or a replay with the likely cause of a failure, and the progress of a replay of several.

The newest few results of each delivery are kept in the history.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.failure import Failure

LONGEST_KEPT = 65_536
"""Bytes of an answer's body that are kept to be shown; all of it is returned to who sent the delivery."""


class UsedUrl(Struct, frozen=True):
    """Where the user had deliveries sent to, and when last."""

    url: str
    at: datetime
    """UTC."""


class ForwardOrigin(StrEnum):
    """Why it was sent."""

    FORWARDED = "forwarded"
    REPLAYED = "replayed"
    SIMULATED = "simulated"
    """An event of our own; it has no number here."""


class ForwardResult(Struct, frozen=True):
    """One delivery sent on, and its answer or why there was none."""

    seq: int
    origin: ForwardOrigin
    url: str
    """Where to; always as the user named it."""
    at: datetime
    """UTC, when the answer was there."""
    status: int | None
    """None: there was no answer."""
    headers: Headers = ()
    body: bytes = b""
    """At most the first LONGEST_KEPT bytes."""
    body_size: int = 0
    """Bytes of the whole body; with `cut`, of what was read of it."""
    seconds: float = 0.0
    tries: int = 1
    failure: str = ""
    """Why there was no answer, as a clause."""
    cause: Failure | None = None
    """The same for code."""
    re_signed: bool = False
    """With the secret that was current then; else the signature went as received."""
    edited: bool = False
    cut: Failure | None = None
    """Why the body was not read to its end."""

    @property
    def ms(self) -> int:
        """The duration in whole milliseconds."""
        return round(self.seconds * 1000)

    @property
    def is_good(self) -> bool:
        """Whether it was answered 2xx."""
        return is_success(self.status)

    @property
    def outcome(self) -> str:
        """`200 in 31 ms`, or `no answer: the connection was refused`."""
        if self.status is None:
            return f"no answer: {self.failure}"
        return f"{self.status} in {self.ms:,} ms{'' if self.cut is None else f', body cut off: {self.cut.value}'}"


_FAILURE_HINTS = {
    Failure.REFUSED: "Nothing listens there: start your app, or compare its port with the URL.",
    Failure.NAME: "Compare the host in the URL with your app's.",
    Failure.TLS: "Set SSL_CERT_FILE to the certificate that signed your app's.",
    Failure.INSECURE: "Your app may speak plain HTTP there: write http:// in the URL.",
    Failure.EXPECTS_TLS: "Write https:// in the URL.",
    Failure.NOT_HTTP: "Another program may listen there: compare the port in the URL with your app's.",
    Failure.HEAD_TOO_LARGE: "Send fewer or shorter headers: look for cookies and debug headers.",
    Failure.TIMEOUT: "Answer first and do the work afterwards: PiktID does not wait for long either.",
}
_HINTS = {
    400: "Your app could not read the request. Does it take the body as raw JSON, without a form in between?",
    401: "Your app wants a login, or takes the signature for wrong. Let the hook's path through; compare secrets.",
    403: "Your app forbids it. CSRF protection does that to every POST without a token: exempt the hook's path.",
    404: "Your app has nothing at that path. Name the hook's path in the URL: http://127.0.0.1:3000/webhook.",
    405: "Your app has that path, but takes no POST there.",
    413: "The body is too large for your app: raise its limit.",
    415: "Your app does not take this content type. PiktID sends JSON: look at Content-Type in the Headers tab.",
    422: "Your app read it and found it not as it should be: its answer may say which field.",
    429: "Your app limits how often it is called.",
    508: "The URL leads back to this receiver: forward to your app's own URL.",
}


def failure_hint(failure: Failure | None) -> str:
    """Return what to check when there was no answer; "" without advice."""
    return "" if failure is None else _FAILURE_HINTS.get(failure, "")


def hint(sent: ForwardResult) -> str:
    """Return the likely cause of a failure and what to check; "" without advice."""
    if sent.status is None:
        return failure_hint(sent.cause) or "The app listens, or did: its own log says what it made of the request."
    if sent.status in _HINTS:
        return _HINTS[sent.status]
    if sent.status >= 500:
        return "Your app failed: its own log says where. PiktID sends again what is answered 5xx."
    if 300 <= sent.status < 400:
        return "A redirect is not followed, and PiktID takes it for a failure: name the final URL."
    return "" if sent.is_good else "PiktID takes everything but 2xx for a failure and sends it again."


class ReplayState(StrEnum):
    """Whether it goes on."""

    RUNNING = "running"
    PAUSED = "paused"
    """Nothing more is sent until it is resumed; the one under way is finished."""
    ENDED = "ended"
    """Each was sent, or is not in the history any more."""
    STOPPED = "stopped"
    """The user stopped it before its end."""


class ReplayProgress(Struct, frozen=True):
    """One moment of it."""

    url: str
    total: int
    re_sign: bool = False
    state: ReplayState = ReplayState.RUNNING
    current: int | None = None
    """The delivery that is under way; once stopped, the one whose answer was not waited for."""
    good: int = 0
    """Answered 2xx."""
    other: int = 0
    """Answered something else."""
    failed: int = 0
    """Not answered."""
    gone: int = 0
    """Not in the history any more."""
    last: ForwardResult | None = None
    """The newest outcome."""
    odd: tuple[ForwardResult, ...] = ()
    """The first that were not answered 2xx, at most MOST_ODD, without their bodies."""
    missed: tuple[int, ...] = ()
    """All that were not answered 2xx, in order; known when it is over."""

    @property
    def done(self) -> int:
        """How many are behind it."""
        return self.good + self.other + self.failed + self.gone

    @property
    def is_over(self) -> bool:
        """Whether nothing more is sent."""
        return self.state in (ReplayState.ENDED, ReplayState.STOPPED)

    @property
    def is_paused(self) -> bool:
        """Whether it waits to be resumed."""
        return self.state is ReplayState.PAUSED


MOST_ODD = 5


def summary(progress: ReplayProgress) -> str:
    """`Replayed 97 of 100: 90 answered 2xx, 5 something else, 2 nothing.`"""
    sent = progress.good + progress.other + progress.failed
    how_many = f"{sent:,} of {progress.total:,}" if sent != progress.total else f"all {sent:,}"
    parts = [f"{progress.good:,} answered 2xx"]
    if progress.other:
        parts.append(f"{progress.other:,} something else")
    if progress.failed:
        parts.append(f"{progress.failed:,} nothing")
    said = ", ".join(parts)
    return f"Replayed {how_many}: {said}.{gone_sentence(progress.gone)}"


def gone_sentence(gone: int) -> str:
    """Return ` 2 are not in the history any more.`; nothing for none."""
    return f" {gone:,} {'is' if gone == 1 else 'are'} not in the history any more." if gone else ""
