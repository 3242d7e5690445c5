"""The answer rules: which answer each delivery gets, in words for the status line and as text that people write.

A rule is immutable. Its caller counts the deliveries since it came into force: of each event id
(`counts_each_event`), or all of them.
"""

from __future__ import annotations

import re
import shlex
from fnmatch import fnmatchcase
from typing import TypeAlias, assert_never

from msgspec import Struct

from webhook_tui.domain.answer_rules.answer import Answer, NoResponse
from webhook_tui.domain.delivery.headers import HOP_BY_HOP, Headers

LONGEST_DELAY = 60.0
"""Seconds."""
_MOST_TIMES = 10_000
_PLAIN = ((b"content-type", b"text/plain; charset=utf-8"),)
_RECEIVERS_OWN = HOP_BY_HOP | {b"content-length", b"date"}
"""Headers that the receiver sets itself, in lower case."""

_REPEATED = re.compile(r"([0-9]{3}) ?[x×] ?([0-9]{1,5})(?: times)?(?:(?:, ?| )(?:then )?200)?")
_RATE_LIMIT = re.compile(
    r"429 retry(?:-after)?[ =]([0-9]{1,5}) ?s?(?: ?[x×] ?([0-9]{1,5}))?(?:(?:, ?| )(?:then )?200)?", re.IGNORECASE
)
_EVERY = re.compile(r"every ([0-9]{1,5})(?:st|nd|rd|th)?:? ([0-9]{3})", re.IGNORECASE)
_EVENT = re.compile(r"(?:event:)?(\S+?):? ([0-9]{3})")
_AMBIGUOUS = re.compile(r"-?[0-9].*|event:.*|.*:")
"""Names of events that alone would be read as something else."""
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+): *([\t\x20-\x7e]*)")


class RuleError(ValueError):
    """The text is not a rule; the message is a sentence with the expected form."""


class Default(Struct, frozen=True):
    """200, or with `--forward-to` the local app's answer."""


class Fixed(Struct, frozen=True):
    """The same for every delivery."""

    status: int = 503
    delay_seconds: float = 0.0
    headers: Headers = ()
    body: bytes | None = None
    """None: the status in digits."""


class FailThenRecover(Struct, frozen=True):
    """The first deliveries of each event fail, the others get the usual answer."""

    status: int = 503
    times: int = 3


class RateLimit(Struct, frozen=True):
    """The first deliveries of each event get 429 with Retry-After, the others the usual answer."""

    retry_after: int = 5
    """Seconds."""
    times: int = 1


class EveryNth(Struct, frozen=True):
    """Each n-th delivery fails, whatever its event."""

    n: int = 5
    status: int = 500


class ByEvent(Struct, frozen=True):
    """Deliveries of some events get a status of their own; `*` in a name matches anything, the first match decides."""

    statuses: tuple[tuple[str, int], ...] = (("image_result", 500),)


class NoAnswer(Struct, frozen=True):
    """The connection stays open without an answer, or is reset."""

    silence: NoResponse = NoResponse.RESET


AnswerRule: TypeAlias = Default | Fixed | FailThenRecover | RateLimit | EveryNth | ByEvent | NoAnswer


def counts_each_event(rule: AnswerRule) -> bool:
    """Whether the deliveries of each event id have a count of their own."""
    return isinstance(rule, FailThenRecover | RateLimit)


def answer_for(rule: AnswerRule, nth: int, event: str) -> Answer | None:
    """Return the answer of the `nth` delivery (from 1) of those that are counted together; None: the usual one.

    `event`: the delivery's event, "" when it names none.
    """
    match rule:
        case Default():
            return None
        case Fixed(status, delay, headers, body):
            own = headers if any(name.lower() == b"content-type" for name, _ in headers) else (*_PLAIN, *headers)
            return Answer(status, str(status).encode() if body is None else body, own, delay)
        case FailThenRecover(status, times):
            return _failing(status) if nth <= times else None
        case RateLimit(retry_after, times):
            return _failing(429, (b"retry-after", str(retry_after).encode())) if nth <= times else None
        case EveryNth(n, status):
            return _failing(status) if nth % n == 0 else None
        case ByEvent(statuses):
            return next(
                (_failing(status) for name, status in statuses if name == event or fnmatchcase(event, name)), None
            )
        case NoAnswer(silence):
            return Answer(no_response=silence)
        case _:
            assert_never(rule)


def _failing(status: int, *more: tuple[bytes, bytes]) -> Answer:
    return Answer(status, str(status).encode(), (*_PLAIN, *more))


def words(rule: AnswerRule, nth: int = 0) -> str:
    """Return the rule as the status line shows it: `200`, `503 ×3 (1 left)`, `every 5th 500 (next in 2)`.

    `nth`: the count of the delivery that was refused last or, where all are counted together, that arrived last.
    """
    match rule:
        case Fixed(status, delay, headers, body):
            after = f" after {delay:g} s" if delay else ""
            own = " own body" if body is not None else " own headers" if headers else ""
            return f"{status}{after}{own}"
        case FailThenRecover(status, times):
            return f"{status} ×{times}{_left(times, nth)}"
        case RateLimit(_, times):
            return f"429 ×{times}{_left(times, nth)}"
        case EveryNth(n, status):
            return f"every {n}{_ending(n)} {status} (next in {n - nth % n})"
        case _:
            return text_of(rule)


def _left(times: int, nth: int) -> str:
    return f" ({times - nth} left)" if 0 < nth < times else ""


def text_of(rule: AnswerRule) -> str:
    """Return the rule as people write it; `parse` returns the same rule."""
    match rule:
        case Default():
            return "200"
        case Fixed():
            return _one_as_text(rule)
        case FailThenRecover(status, times):
            return f"{status} x{times}, 200"
        case RateLimit(retry_after, times):
            return f"429 retry {retry_after} x{times}, 200"
        case EveryNth(n, status):
            return f"every {n}{_ending(n)} {status}"
        case ByEvent(statuses):
            return ", ".join(
                f"event:{name}: {status}" if _AMBIGUOUS.fullmatch(name) else f"{name} {status}"
                for name, status in statuses
            )
        case NoAnswer(silence):
            return silence.value
        case _:
            assert_never(rule)


def _one_as_text(rule: Fixed) -> str:
    parts = [f"{rule.status} delay {rule.delay_seconds:g}"]
    parts += [f"header {shlex.quote(f'{name.decode()}: {value.decode()}')}" for name, value in rule.headers]
    if rule.body is not None:
        parts.append(f"body {shlex.quote(rule.body.decode())}")
    return " ".join(parts)


def _ending(n: int) -> str:
    if n % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")


def parse(text: str) -> AnswerRule:
    """Return the rule that a text names. Raises RuleError.

    `200` · `503` · `503 delay 2 header "X-A: b" body "text"` · `503 x3, 200` · `429 retry 5 x2` · `429 retry-after=5` ·
    `every 5th 500` · `every 5: 500` · `image_result 500, ping 404` · `event:image_*: 500` · `none` · `reset`
    """
    text = text.strip()
    if text == "200":
        return Default()
    if text.lower() in ("none", "reset"):
        return NoAnswer(NoResponse(text.lower()))
    if found := _RATE_LIMIT.fullmatch(text):
        return RateLimit(int(found[1]), _times(found[2] or "1"))
    if found := _REPEATED.fullmatch(text):
        return FailThenRecover(_status(found[1]), _times(found[2]))
    if found := _EVERY.fullmatch(text):
        return EveryNth(_times(found[1]), _status(found[2]))
    if re.match(r"-?[0-9]+(?: |$)", text):
        return _parse_one(text)
    return _parse_events(text)


def _parse_events(text: str) -> ByEvent:
    statuses = []
    for part in text.split(","):
        found = _EVENT.fullmatch(part.strip())
        if found is None:
            raise RuleError("Write a rule as: 503, or 503 x3, or every 5th 500, or ping 404, or none, or reset.")
        statuses.append((found[1], _status(found[2])))
    return ByEvent(tuple(statuses))


def _parse_one(text: str) -> Fixed:
    try:
        status, *rest = shlex.split(text)
    except ValueError:
        raise RuleError("A quotation mark is not closed.") from None
    if len(rest) % 2:
        raise RuleError('After the status: delay SECONDS, header "Name: value", body "text".')
    delay, headers, body = 0.0, list[tuple[bytes, bytes]](), None
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        match name.lower():
            case "delay":
                delay = _delay(value)
            case "header":
                headers.append(_header(value))
            case "body":
                body = value.encode("utf-8", "replace")
            case _:
                raise RuleError('After the status: delay SECONDS, header "Name: value", body "text".')
    return Fixed(_status(status), delay, tuple(headers), body)


def _status(digits: str) -> int:
    if re.fullmatch("[0-9]{3}", digits) is None or not 200 <= int(digits) <= 599:
        raise RuleError("A status is a number from 200 to 599.")
    return int(digits)


def _times(digits: str) -> int:
    if not 1 <= int(digits) <= _MOST_TIMES:
        raise RuleError(f"A count is a number from 1 to {_MOST_TIMES:,}.")
    return int(digits)


def _delay(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,2}(?:\.[0-9]{1,3})?)s?", text)
    if found is None or float(found[1]) > LONGEST_DELAY:
        raise RuleError(f"A delay is at most {LONGEST_DELAY:g} seconds.")
    return float(found[1])


def _header(text: str) -> tuple[bytes, bytes]:
    found = _HEADER.fullmatch(text)
    if found is None:
        raise RuleError('A header is written in quotation marks: "Name: value".')
    name = found[1].encode("ascii")
    if name.lower() in _RECEIVERS_OWN:
        raise RuleError(f"The receiver sets {found[1]} itself.")
    return name, found[2].strip().encode("ascii")
