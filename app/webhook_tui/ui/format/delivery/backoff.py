"""The rule of the delays between attempts in sentences, and when the next attempt is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from webhook_tui.domain import units
from webhook_tui.domain.attempts import Backoff, Confidence, Shape

_MOST_NAMED = 4
_NOTEWORTHY = 0.03
"""A spread below it is not worth two times of the day."""


def backoff_sentences(found: Backoff, *, of_run: bool) -> list[str]:
    """Return the rule and its evidence; `of_run`: delays of other events of the run are included."""
    return [_rule(found), _evidence(found, of_run=of_run)]


def due_sentence(found: Backoff, attempt: int, at: datetime, now: datetime, *, is_accepted: bool) -> str:
    """Return when the attempt after the one received `at` is due; "" if the rule does not cover it."""
    seconds = found.wait(attempt)
    if seconds is None or seconds > 366 * 86_400:
        return ""
    due = at + timedelta(seconds=seconds)
    about = f"about {_clock(due, now)}"
    if found.spread is not None and found.spread > _NOTEWORTHY:
        margin = timedelta(seconds=min(found.spread, 0.95) * seconds)
        about += f", between {_clock(due - margin, now)} and {_clock(due + margin, now)}"
        due += margin
    if is_accepted:
        return f"Had this one failed too, the next was due {about}."
    return f"The next is due {about}." if due >= now else f"The next was due {about}, and has not come."


def _rule(found: Backoff) -> str:
    if found.shape is Shape.NONE:
        return "The waits follow no rule of those looked for: equal, growing by steps, growing by a factor."
    if found.sureness is Confidence.SINGLE:
        which = "The first wait" if found.first == 1 else f"Wait {found.first}"
        was = "was" if found.waits == 1 else "is"
        return f"{which} {was} {about(found.base)}. One more attempt of an event can tell how they go on."
    named = ", ".join(about(found.wait(number) or 0) for number in _named(found))
    rule = {
        Shape.CONSTANT: f"the same, about {about(found.base)}",
        Shape.LINEAR: f"{about(found.growth)} longer than the one before: about {named}",
        Shape.EXPONENTIAL: f"{found.growth:.1f} times the one before: about {named}",
    }[found.shape]
    cap = f", and none is longer than about {about(found.cap)}" if found.cap is not None else ""
    if found.sureness is Confidence.SUGGESTED:
        return f"{_count(found.waits)} waits suggest that each is {rule}{cap}."
    return f"Each wait is {rule}{cap}."


def _named(found: Backoff) -> range:
    return range(max(found.first, found.last - _MOST_NAMED + 1), found.last + 1)


def _evidence(found: Backoff, *, of_run: bool) -> str:
    waits = units.counted(found.waits, "wait")
    of = f"of {units.counted(found.events, 'event')} of this run" if of_run else "of this event"
    if found.spread is None or found.shape is Shape.NONE:
        return f"Measured: {waits} {of}."
    return f"Measured: {waits} {of}, at most {_percent(found.spread)} off."


def _percent(part: float) -> str:
    return f"{max(1, round(100 * part))} %"


def _count(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four", 5: "Five"}.get(number, f"{number:,}")


def _clock(at: datetime, now: datetime) -> str:
    local = at.astimezone(now.tzinfo)
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local.day} {local:%b}, {local:%H:%M}"


def about(seconds: float) -> str:
    """Return a rounded duration: `0.5 s`, `30 s`, `120 s`, `10 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    step = 5 if seconds < 100 else 10
    rounded = round(seconds / step) * step
    return f"{rounded} s" if rounded < 600 else units.age(rounded)
