"""A filter as SQL: which deliveries between :lo and :hi pass it, newest first; nowhere else is one made of the other.

Each `or` branch walks along the best index that one of its terms has; if a branch has none, every row is looked at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webhook_tui.domain.filtering.terms import (
    And,
    BareWord,
    BodyIs,
    ContentTerm,
    Expression,
    HeaderIs,
    JobIs,
    Not,
    Term,
    Text,
)
from webhook_tui.store.conditions import condition
from webhook_tui.store.drivers import Driver, driver
from webhook_tui.store.statement import IN_RANGE, Statement, select


@dataclass(frozen=True, slots=True)
class Query:
    """A statement with everything it needs but :lo and :hi."""

    sql: str
    parameters: dict[str, Any]
    contents: Sequence[ContentTerm]
    """What the function `holds(n, seq, headers, body)` is asked by number."""
    patterns: Sequence[Callable[[str], bool]]
    """What the function `fits(n, text)` is asked by number."""


def translate(expression: Expression, now: datetime, connection: sqlite3.Connection, *, direct: bool = False) -> Query:
    """The query as of now; names of events are looked up for it, so it is good for one read transaction.

    `direct`: look at every row between :lo and :hi, which is best for few. Raises sqlite3.Error.
    """
    statement = Statement(connection, now)
    led = None if direct else _led(expression, statement)
    if led is None:
        conditions = [_all(branch.terms, statement, use_words=not direct) for branch in expression.branches]
        led = select("d.seq", "deliveries d", f"d.{IN_RANGE}", f"({' OR '.join(conditions)})")
    return Query(f"{led} ORDER BY 1 DESC", statement.parameters, statement.contents, statement.patterns)


def _led(expression: Expression, statement: Statement) -> str | None:
    """All branches along an index each, or None when one has none."""
    parts: list[str] = []
    for branch in expression.branches:
        chosen = _best(branch, statement)
        if chosen is None:
            return None
        place, best = chosen
        rest = [term for at, term in enumerate(branch.terms) if at != place or not best.is_exact]
        if rest:
            conditions = _all(rest, statement, use_words=True)
            parts.append(select("d.seq", "deliveries d", f"d.seq IN ({best.sql})", conditions))
        else:
            parts.append(best.sql if len(expression.branches) == 1 else select("seq", f"({best.sql})"))
    return " UNION ".join(parts)


def _best(branch: And, statement: Statement) -> tuple[int, Driver] | None:
    found = [(place, way) for place, term in enumerate(branch.terms) if (way := driver(term, statement)) is not None]
    return min(found, key=lambda one: one[1].rank, default=None)


def _all(terms: Sequence[Term | Not], statement: Statement, *, use_words: bool) -> str:
    """That all hold; those for which bodies are read come last."""
    ordered = sorted(terms, key=_reads_contents)
    return f"({' AND '.join(_one(term, statement, use_words=use_words) for term in ordered) or '1'})"


def _one(term: Term | Not, statement: Statement, *, use_words: bool) -> str:
    if isinstance(term, Not):
        return f"NOT {_one(term.term, statement, use_words=use_words)}"
    return condition(term, statement, use_words=use_words)


def _reads_contents(term: Term | Not) -> bool:
    return isinstance(term.term if isinstance(term, Not) else term, BareWord | Text | JobIs | HeaderIs | BodyIs)
