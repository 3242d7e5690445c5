"""The attempts of one event in time, and the rule behind the waits between them, fitted to what was measured.

PiktID documents only "exponential backoff". The result includes how well the data support it: which shapes were
distinguished, how many waits there are and how far they lie from the rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.delivery import DeliveryRow

SHORTEST = 0.001
"""Seconds; two attempts that arrived together have no wait between them."""

_NOISE, _NOISE_WORTH = 0.07, 3
"""Senders add jitter: the prior, as that many further waits of this deviation, so that few waits fit no schedule by
chance."""
_ROUNDS = 5
_CLOSE = 3.0
"""Two shapes whose measures of fit are nearer than this are not distinguished."""
_LEAST_SURE = 0.1
"""Largest standard error of the growth's logarithm with which it is called measured."""
_TIGHT, _MANY = 0.25, 8
"""Fewer waits than these that lie farther off than this only suggest a rule."""
_WIDEST = 0.6
"""Spread from which waits without growth are called no rule."""
_LEAST_GROWTH = 0.02


class Shape(StrEnum):
    """How waits follow one another."""

    CONSTANT = "constant"
    LINEAR = "linear"
    EXPONENTIAL = "exponential"
    NONE = "none"
    """No rule of these."""


class Confidence(StrEnum):
    """How well the data support the rule."""

    SINGLE = "single"
    """All waits have the same number in their event: what follows is not known."""
    SUGGESTED = "suggested"
    MEASURED = "measured"


class Wait(Struct, frozen=True):
    """Between one attempt of an event and the next."""

    number: int
    """1: between the first attempt and the second."""
    seconds: float
    event: str


class Backoff(Struct, frozen=True):
    """A rule, and what it rests on."""

    shape: Shape
    sureness: Confidence
    base: float
    """Seconds of the first wait; where only another number was measured, of that."""
    growth: float
    """The factor of an exponential rule, the seconds added by a linear one; else 0."""
    cap: float | None
    """Seconds beyond which waits do not grow."""
    spread: float | None
    """The largest part by which a wait lies from the rule; None: too few waits."""
    waits: int
    events: int
    first: int
    """The smallest number of the waits measured."""
    last: int
    """The largest."""

    def wait(self, number: int) -> float | None:
        """Return the seconds of wait `number` by the rule; None where the rule does not cover it."""
        if self.shape is Shape.NONE or number < 1 or (self.sureness is Confidence.SINGLE and number != self.first):
            return None
        seconds = _predicted(self.shape, self.base, self.growth, self.cap, number)
        return seconds if math.isfinite(seconds) else None


def waits_of(rows: Iterable[DeliveryRow]) -> list[Wait]:
    """The waits between attempts that were refused and those that followed, of any number of events.

    A wait after no answer holds the sender's time-out, too: it counts only where there are no others.
    """
    events: dict[str, list[DeliveryRow]] = {}
    for row in rows:
        if row.event_id is not None:
            events.setdefault(row.event_id, []).append(row)
    answered: list[Wait] = []
    silent: list[Wait] = []
    for event, attempts in events.items():
        attempts.sort(key=lambda row: row.attempt)
        for before, after in pairwise(attempts):
            seconds = (after.received_at - before.received_at).total_seconds()
            is_accepted = is_success(before.answered)
            if after.attempt == before.attempt + 1 and seconds >= SHORTEST and not is_accepted:
                (answered if before.answered else silent).append(Wait(before.attempt, seconds, event))
    return answered or silent


def fit(waits: Sequence[Wait]) -> Backoff | None:
    """Return the simplest rule that fits the waits; None without waits."""
    if not waits:
        return None
    numbers = sorted({wait.number for wait in waits})
    if len(numbers) == 1:
        return _result(waits, _Fit(Shape.CONSTANT, _middle(waits), 0.0, None, 1), Confidence.SINGLE)
    fits = sorted(_fits(waits, numbers), key=lambda one: one.measure(waits))
    best = fits[0]
    if best.shape is Shape.CONSTANT and best.spread(waits) > _WIDEST:
        return _result(waits, _Fit(Shape.NONE, best.base, 0.0, None, 1), Confidence.SUGGESTED)
    others = [one for one in fits[1:] if one.shape is not best.shape]
    is_told_apart = all(one.measure(waits) - best.measure(waits) >= _CLOSE for one in others)
    is_enough = len(waits) >= 3 and len(numbers) >= 3 and len(waits) > best.parameters
    is_tight = best.spread(waits) <= _TIGHT or len(waits) >= _MANY
    is_sure = is_enough and is_told_apart and is_tight and best.error(waits) <= _LEAST_SURE
    return _result(waits, best, Confidence.MEASURED if is_sure else Confidence.SUGGESTED)


class _Fit(Struct, frozen=True):
    shape: Shape
    base: float
    growth: float
    cap: float | None
    parameters: int

    def residuals(self, waits: Sequence[Wait]) -> list[float]:
        """How far each wait lies from the rule, as a logarithm."""
        return [
            math.log(wait.seconds / _predicted(self.shape, self.base, self.growth, self.cap, wait.number))
            for wait in waits
        ]

    def measure(self, waits: Sequence[Wait]) -> float:
        """Less is better: the Bayesian information criterion, for noise that is relative and never below ours."""
        return len(waits) * math.log(self._variance(waits)) + self.parameters * math.log(len(waits) + 1)

    def _variance(self, waits: Sequence[Wait]) -> float:
        squares = sum(one * one for one in self.residuals(waits))
        return (squares + _NOISE_WORTH * _NOISE**2) / (max(1, len(waits) - self.parameters) + _NOISE_WORTH)

    def spread(self, waits: Sequence[Wait]) -> float:
        """The largest part by which a wait lies from the rule."""
        return max(abs(math.expm1(one)) for one in self.residuals(waits))

    def error(self, waits: Sequence[Wait]) -> float:
        """Standard error of the growth, as a part of the wait, for each further wait."""
        sigma = math.sqrt(self._variance(waits))
        mean = sum(wait.number for wait in waits) / len(waits)
        width = math.sqrt(sum((wait.number - mean) ** 2 for wait in waits))
        return sigma / width


def _fits(waits: Sequence[Wait], numbers: Sequence[int]) -> list[_Fit]:
    found = [_Fit(Shape.CONSTANT, _middle(waits), 0.0, None, 1)]
    for shape in (Shape.EXPONENTIAL, Shape.LINEAR):
        if (one := _growing(shape, waits)) is not None:
            found.append(one)
        # A cap is seen where two numbers have it and two lie before it.
        for last_free in numbers[1:-2]:
            free = [wait for wait in waits if wait.number <= last_free]
            capped = [wait for wait in waits if wait.number > last_free]
            one = _growing(shape, free)
            cap = _middle(capped)
            if one is not None and cap > _predicted(shape, one.base, one.growth, None, last_free):
                found.append(_Fit(shape, one.base, one.growth, cap, 4))
    return found


def _growing(shape: Shape, waits: Sequence[Wait]) -> _Fit | None:
    """Least squares: of logarithms, or of seconds as parts of the wait; None where that does not grow."""
    if shape is Shape.EXPONENTIAL:
        slope, start = _line([(wait.number - 1, math.log(wait.seconds), 1.0) for wait in waits])
        if slope <= _LEAST_GROWTH:
            return None
        base, growth = math.exp(start), math.exp(slope)
        # Of late attempts alone, the first wait may be too short, or the growth until them too large, for a float.
        is_computable = base > 0 and math.isfinite(_predicted(shape, base, growth, None, max(w.number for w in waits)))
        return _Fit(shape, base, growth, None, 2) if is_computable else None
    expected = [_middle(waits)] * len(waits)
    for _ in range(_ROUNDS):
        points = [(wait.number - 1, wait.seconds, one**-2) for wait, one in zip(waits, expected, strict=True)]
        slope, start = _line(points)
        if start <= 0 or slope <= _LEAST_GROWTH * start:
            return None
        expected = [start + slope * (wait.number - 1) for wait in waits]
    return _Fit(shape, start, slope, None, 2)


def _line(points: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Slope and start of the line through points with weights."""
    whole = sum(weight for _, _, weight in points)
    x = sum(weight * at for at, _, weight in points) / whole
    y = sum(weight * value for _, value, weight in points) / whole
    width = sum(weight * (at - x) ** 2 for at, _, weight in points)
    slope = sum(weight * (at - x) * (value - y) for at, value, weight in points) / width if width else 0.0
    return slope, y - slope * x


def _middle(waits: Sequence[Wait]) -> float:
    """The geometric mean."""
    return math.exp(sum(math.log(wait.seconds) for wait in waits) / len(waits))


def _predicted(shape: Shape, base: float, growth: float, cap: float | None, number: int) -> float:
    """Seconds by the rule; infinite where they are more than a float can be."""
    seconds = base
    if shape is Shape.EXPONENTIAL:
        try:
            seconds = base * growth ** (number - 1)
        except OverflowError:
            seconds = math.inf
    elif shape is Shape.LINEAR:
        seconds = base + growth * (number - 1)
    return seconds if cap is None else min(seconds, cap)


def _result(waits: Sequence[Wait], one: _Fit, sureness: Confidence) -> Backoff:
    numbers = [wait.number for wait in waits]
    return Backoff(
        one.shape,
        sureness,
        one.base,
        one.growth,
        one.cap,
        one.spread(waits) if len(waits) > one.parameters else None,
        len(waits),
        len({wait.event for wait in waits}),
        min(numbers),
        max(numbers),
    )


def exponential_delay(first_seconds: float, longest_seconds: float, failures: int, drawn: float) -> float:
    """Return the seconds to wait after so many earlier failures; `drawn`: a random number from 0 up to 1.

    The limit doubles with each failure. The delay is drawn from its upper half, so that programs that lost the same
    server do not come back together ("equal jitter").
    """
    limit = min(longest_seconds, first_seconds * 2.0 ** min(failures, 60))
    return limit * (0.5 + 0.5 * drawn)


class TimelineEntry(Struct, frozen=True):
    """One attempt beside the one before it."""

    row: DeliveryRow
    gap_seconds: float | None
    """Since the attempt before; None for the first."""
    factor: float | None
    """This gap divided by the one before; None for the first two, and where the one before was nothing."""


def timeline(rows: Sequence[DeliveryRow]) -> tuple[TimelineEntry, ...]:
    """Return an entry for each attempt.

    `rows`: the attempts of one event, oldest first.
    """
    entries: list[TimelineEntry] = []
    for index, row in enumerate(rows):
        gap = (row.received_at - rows[index - 1].received_at).total_seconds() if index else None
        before = entries[-1].gap_seconds if entries else None
        factor = gap / before if gap is not None and before is not None and before > 0 else None
        entries.append(TimelineEntry(row, gap, factor))
    return tuple(entries)


def refusals(rows: Sequence[DeliveryRow]) -> int:
    """Return how many attempts before the last one were not answered 2xx; `rows`: oldest first."""
    return sum(1 for row in rows[:-1] if not is_success(row.answered))
