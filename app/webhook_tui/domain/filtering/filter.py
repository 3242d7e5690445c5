"""The filter language: `parse` reads a text, `matches` tests a delivery, `quoted` helps to write.

Bare words find what begins with them, in headers and body and as verdict, and whole answers, such as 503; in quotes,
whole words of headers and body. Fields: event: verdict: status: answered: id: job: header: size: age: attempt: run:
comment: source: is: has: departs:, paths like body.data.status=failed, and marked.

`status:` takes the status of the job in words, or our answer as a number. `is:` takes marked, commented, differs,
retried, replayed and imported. `has:data.status` finds those whose body holds that, `departs:data.status` those that
differ there from what was usual in the deliveries of their event before, `departs:*` those that do anywhere.
`source:sse` finds those whose event came by the event stream, too; `source:webhook` finds all, since only webhooks are
stored.

`!` is not, terms one after another are and, `or` is weaker; `@name` stands for a named filter, as in brackets. Stars
stand for anything in event, status, id, job, comment and behind `=`. Letters match in any case except in id and job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from msgspec import Struct

from webhook_tui.domain.filtering.completion import quoted, quoted_path
from webhook_tui.domain.filtering.evaluate import matches
from webhook_tui.domain.filtering.parser import NO_NAMES, expanded, parse
from webhook_tui.domain.filtering.terms import EVERYTHING, Expression
from webhook_tui.domain.filtering.tokens import FilterError

__all__ = [
    "EVERYTHING",
    "NO_NAMES",
    "Expression",
    "Filter",
    "FilterError",
    "expanded",
    "matches",
    "parse",
    "quoted",
    "quoted_path",
]


class Filter(Struct, frozen=True):
    """A filter with the text that it was parsed from."""

    text: str
    expression: Expression

    @classmethod
    def parse(cls, text: str, named: Mapping[str, str] = NO_NAMES) -> Self:
        """Parse a filter; `named`: what `@name` stands for. Raises FilterError."""
        return cls(text, parse(text, named))
