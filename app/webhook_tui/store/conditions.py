"""Each term of a filter as a condition on one row `d` of deliveries: 1 or 0, never NULL."""

from __future__ import annotations

import json
from typing import assert_never

from webhook_tui.domain.filtering.evaluate import id_fits
from webhook_tui.domain.filtering.terms import (
    AnsweredIs,
    BareWord,
    BodyIs,
    CommentHas,
    EventIs,
    HeaderIs,
    IdIs,
    JobIs,
    Marked,
    Measure,
    Measured,
    NotAnswered,
    Pattern,
    Source,
    SourceIs,
    Term,
    Text,
    VerdictIs,
)
from webhook_tui.store.statement import DONE, Statement, select
from webhook_tui.store.word_index import LARGEST_INDEXED

_COLUMNS = {
    Measure.SIZE: "d.size",
    Measure.ATTEMPT: "d.attempt",
    Measure.RUN: "d.run",
    Measure.AGE: "(:now - d.received_at)",
}


def condition(term: Term, statement: Statement, *, use_words: bool) -> str:
    """The condition; with `use_words` words are looked up in the index where a delivery is in it."""
    match term:
        case Text() if use_words:
            unread = f"(d.seq > {DONE} OR d.size > {LARGEST_INDEXED})"
            return f"(d.seq IN ({with_words(term, statement)}) OR ({unread} AND {statement.holds(term)}))"
        case BareWord(text):
            return f"({_in_row(term, statement)} OR {condition(text, statement, use_words=use_words)})"
        case Text() | JobIs() | HeaderIs() | BodyIs():
            return statement.holds(term)
        case EventIs() | IdIs() | CommentHas():
            return _text_condition(term, statement)
        case _:
            return _plain_condition(term, statement)


def _in_row(word: BareWord, statement: Statement) -> str:
    verdicts = statement.listed([verdict.value for verdict in word.verdicts])
    answers = statement.listed(word.answers)
    return f"(d.verdict IN ({verdicts}) OR (d.answered IN ({answers})) IS TRUE)"


def with_words(term: Text, statement: Statement) -> str:
    """The deliveries between :lo and :hi of which the index says that they have the words."""
    phrase = f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'
    in_index = f"rowid BETWEEN :lo AND min(:hi, {DONE})"
    return select("rowid AS seq", "words", f"words MATCH {statement.value(phrase)}", in_index)


def id_texts(pattern: Pattern) -> list[str]:
    """How an event id may be stored that a person writes without stars: as a number, or as a string."""
    return [pattern.parts[0], json.dumps(pattern.parts[0])]


def _text_condition(term: EventIs | IdIs | CommentHas, statement: Statement) -> str:
    match term:
        case EventIs(pattern):
            names = statement.distinct("event", "by_event")
            if names is None:
                return statement.fits(pattern.fits, "d.event")
            return f"d.event IN ({statement.listed([name for name in names if pattern.fits(name)])})"
        case IdIs(pattern) if pattern.is_exact:
            return f"((d.event_id IN ({statement.listed(id_texts(pattern))})) IS TRUE)"
        case IdIs(pattern):
            fits = statement.fits(lambda event_id: id_fits(pattern, event_id), "d.event_id")
            return f"(d.event_id IS NOT NULL AND {fits})"
        case CommentHas(pattern):
            return statement.fits(pattern.fits, "d.comment")


def _plain_condition(
    term: VerdictIs | AnsweredIs | NotAnswered | Measured | SourceIs | Marked, statement: Statement
) -> str:
    match term:
        case VerdictIs(verdict):
            return f"(d.verdict = {statement.value(verdict.value)})"
        case AnsweredIs(lowest, highest):
            return f"((d.answered BETWEEN {statement.value(lowest)} AND {statement.value(highest)}) IS TRUE)"
        case NotAnswered():
            return "(coalesce(d.answered, 0) = 0)"
        case Measured(measure, operator, value):
            return f"({_COLUMNS[measure]} {operator.value} {statement.value(value)})"
        case SourceIs(source):
            return "1" if source is Source.WEBHOOK else "(d.on_stream != 0)"
        case Marked():
            return "(d.marked != 0)"
        case _:
            assert_never(term)
