"""The filter language: `parse` reads a text, `matches` judges a delivery, `completions` and `quoted` help to write.

Bare words find what begins with them, in headers and body and as verdict, and whole answers, such as 503; in quotes,
whole words of headers and body. Fields: event: verdict:
status: id: job: header: size: age: attempt: run: comment: source: has: departs:, paths like
body.data.status=failed, and marked. `has:data.status` finds those whose body holds that, `departs:data.status` those
that differ there from what was usual in the deliveries of their event before, `departs:*` those that do anywhere.
`!` is not, terms one after another are and, `or` is weaker. Stars stand for anything in event, id, job, comment and
behind `=`. Letters match in any case except in id and job. `source:sse` finds those
whose event came by the event stream, too; `source:webhook` finds all, for so they came.
"""

from __future__ import annotations

from typing import Self

from msgspec import Struct

from webhook_tui.domain.filtering.completion import completions, quoted, quoted_path
from webhook_tui.domain.filtering.evaluate import matches
from webhook_tui.domain.filtering.parser import parse
from webhook_tui.domain.filtering.terms import EVERYTHING, Expression
from webhook_tui.domain.filtering.tokens import FilterError

__all__ = [
    "EVERYTHING",
    "Expression",
    "Filter",
    "FilterError",
    "completions",
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
    def parse(cls, text: str) -> Self:
        """Parse a filter. Raises FilterError."""
        return cls(text, parse(text))
