"""The filter language: `parse` reads a text, `matches` judges a delivery, `completions` and `quoted` help to write.

Bare words are full text, each finding the words that begin with it; in quotes, whole words. Fields: event: verdict:
status: id: job: header: size: age: attempt: run: comment: source:, paths like body.data.status=failed, and marked.
`!` is not, terms one after another are and, `or` is weaker. Stars stand for anything in event, id, job, comment and
behind `=`. Letters match in any case except in id and job. `source:sse` finds those
whose event came by the event stream, too; `source:webhook` finds all, for so they came.
"""

from webhook_tui.domain.filtering.completion import completions, quoted
from webhook_tui.domain.filtering.evaluate import matches
from webhook_tui.domain.filtering.parser import parse
from webhook_tui.domain.filtering.terms import EVERYTHING, Expression
from webhook_tui.domain.filtering.tokens import FilterError

__all__ = ["EVERYTHING", "Expression", "FilterError", "completions", "matches", "parse", "quoted"]
