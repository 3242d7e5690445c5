"""A filter as a tree of values: `or` of `and` of terms, each possibly negated."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from webhook_tui.domain.answer_rules.answer import RESET, NoResponse
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.signature.verdict import Verdict

LARGEST = 2**62
"""Numbers in a filter are cut to this, so that they fit into any database."""

_STATUS = re.compile("[1-9][0-9]{2}")
_JOB_PREFIX = "job_"


class Operator(StrEnum):
    """How two values are compared."""

    IS = "="
    IS_NOT = "!="
    MORE = ">"
    LESS = "<"
    AT_LEAST = ">="
    AT_MOST = "<="


class Measure(StrEnum):
    """What of a delivery is a number; the value is the field's name in the language."""

    SIZE = "size"
    """Bytes of the body."""
    AGE = "age"
    """Microseconds since it was received."""
    ATTEMPT = "attempt"
    RUN = "run"


class Source(StrEnum):
    """The channels that brought the event of a delivery."""

    WEBHOOK = "webhook"
    SSE = "sse"


class Flag(StrEnum):
    """What is noted of a delivery besides what was received; the value is what stands behind `is:`."""

    MARKED = "marked"
    COMMENTED = "commented"
    DIFFERS = "differs"
    """The event stream brought other values under the same event id."""
    REPLAYED = "replayed"
    IMPORTED = "imported"


class Pattern(Struct, frozen=True):
    """Text with stars: what lies between stars has to be there, in order; no star means the whole text."""

    parts: tuple[str, ...]
    """At least one; case folded where the case does not count."""
    any_case: bool

    @property
    def is_exact(self) -> bool:
        """Whether there is no star in it."""
        return len(self.parts) == 1

    def fits(self, text: str) -> bool:
        """Whether the whole of `text` fits."""
        if self.any_case:
            text = text.casefold()
        first, last = self.parts[0], self.parts[-1]
        if self.is_exact:
            return text == first
        if not text.startswith(first):
            return False
        at = len(first)
        for part in self.parts[1:-1]:
            found = text.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return len(text) - at >= len(last) and text.endswith(last)


class Comparison(Struct, frozen=True):
    """The right-hand side of `path=value`."""

    operator: Operator
    pattern: Pattern
    """For `=` and `!=`; any case."""
    text: str
    """Case folded, for an order."""
    number: int | float | None
    """The value as a number when it is one and was not quoted."""


class Text(Struct, frozen=True):
    """Words that follow each other in headers or body."""

    words: tuple[str, ...]
    """At least one, as `search_words.words` gives them."""
    is_prefix: bool
    """Whether the last word may go on."""

    def stands_in(self, text: str) -> bool:
        """Whether it stands in a text of words with one blank between two."""
        phrase = f" {' '.join(self.words)}"
        return (phrase if self.is_prefix else f"{phrase} ") in f" {text} "


class BareWord(Struct, frozen=True):
    """Text in headers or body, which name event, job and status; or the verdict, or the answer."""

    text: Text

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdicts that it means."""
        return [verdict for verdict in Verdict if self.text.stands_in(verdict.value)]

    @property
    def answers(self) -> list[int]:
        """The answer that it means, if any; written whole, so that `2` is not everything that was answered 200."""
        match self.text.words:
            case (word,) if word == NoResponse.RESET:
                return [RESET]
            case (word,) if _STATUS.fullmatch(word):
                return [int(word)]
            case _:
                return []


class EventIs(Struct, frozen=True):
    """The event's name fits, in any case."""

    pattern: Pattern


class VerdictIs(Struct, frozen=True):
    """The verdict on the signature."""

    verdict: Verdict


class AnsweredIs(Struct, frozen=True):
    """What we answered, both ends included."""

    lowest: int
    highest: int


class NotAnswered(Struct, frozen=True):
    """We have not answered (yet), or without a status."""


class IdIs(Struct, frozen=True):
    """The event's id, number or string, in exact case."""

    pattern: Pattern


class JobIs(Struct, frozen=True):
    """The job of the row, or one of the job fields of `data`, number or string, in exact case.

    `job_` in front of it may be left out.
    """

    pattern: Pattern
    is_prefix: bool = False
    """Whether the id may go on."""

    def is_of(self, job: str) -> bool:
        """Return whether a row with this job, "" if it has none, shows it."""
        return bool(job) and self.fits(job)

    def fits(self, job: str) -> bool:
        """Return whether it is this job."""
        short = job.removeprefix(_JOB_PREFIX)
        if self.is_prefix:
            return job.startswith(self.pattern.parts[0]) or short.startswith(self.pattern.parts[0])
        return self.pattern.fits(job) or (not self.pattern.is_exact and self.pattern.fits(short))


class StatusIs(Struct, frozen=True):
    """The job's status, in any case."""

    pattern: Pattern


class HeaderIs(Struct, frozen=True):
    """A header of that name (any case) is there and, where there is a comparison, fits it."""

    name: str
    """Case folded."""
    comparison: Comparison | None


class BodyIs(Struct, frozen=True):
    """There is a value at that path of the JSON and, where there is a comparison, one fits it."""

    path: tuple[str, ...]
    comparison: Comparison | None


class Measured(Struct, frozen=True):
    """A number of the delivery, compared."""

    measure: Measure
    operator: Operator
    value: int


class SourceIs(Struct, frozen=True):
    """The channel; every stored delivery arrived as a webhook."""

    source: Source


class Flagged(Struct, frozen=True):
    """It has the flag."""

    flag: Flag


class CommentHas(Struct, frozen=True):
    """The user's comment contains it, in any case."""

    pattern: Pattern


class DepartsAt(Struct, frozen=True):
    """The delivery departs, at that path or below it, from what was usual in those of its event before it."""

    path: tuple[str, ...]
    """(): anywhere."""

    def includes(self, departure: Departure) -> bool:
        """Return whether a departure is at the path or below it."""
        return departure.path[: len(self.path)] == self.path


ContentTerm: TypeAlias = Text | JobIs | StatusIs | HeaderIs | BodyIs
"""A term about headers or body."""

RowTerm: TypeAlias = EventIs | VerdictIs | AnsweredIs | NotAnswered | IdIs | Measured | SourceIs | Flagged | CommentHas
"""A term about the narrow row."""

Term: TypeAlias = ContentTerm | RowTerm | BareWord | DepartsAt


class Not(Struct, frozen=True):
    """The term does not hold."""

    term: Term


class And(Struct, frozen=True):
    """All hold; of none, everything does."""

    terms: tuple[Term | Not, ...]


class Or(Struct, frozen=True):
    """One of them holds."""

    branches: tuple[And, ...]


Expression: TypeAlias = Or
"""A whole filter: never without a branch."""


def names_departures(expression: Expression) -> bool:
    """Return whether a term is about departures: which depend on earlier deliveries."""
    terms = (term.term if isinstance(term, Not) else term for branch in expression.branches for term in branch.terms)
    return any(isinstance(term, DepartsAt) for term in terms)


EVERYTHING = Or((And(()),))
"""What the empty text means."""
