"""A statement being put together: its named values, what its functions are asked, what it looked up beforehand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from webhook_tui.domain.filtering.search_words import WAY
from webhook_tui.domain.filtering.terms import ContentTerm
from webhook_tui.storage.mappers import microseconds

IN_RANGE = "seq BETWEEN :lo AND :hi"
DONE = "(SELECT iif(way = :way, done, 0) FROM indexing)"
"""Up to which number the index of words can be relied on."""

_MOST_VALUES = 1000


def select(what: str, source: str, *conditions: str) -> str:
    """A SELECT of all rows that meet the conditions."""
    return " ".join(("SELECT", what, "FROM", source, "WHERE", " AND ".join(conditions) or "1"))


class Statement:
    """Collects what goes with the SQL text; every value of the filter is bound, none is ever part of the text."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self.parameters: dict[str, Any] = {"now": microseconds(now), "way": WAY}
        self.contents: list[ContentTerm] = []
        """What the function `holds(n, seq, headers, body)` is asked by number."""
        self.patterns: list[Callable[[str], bool]] = []
        """What the function `fits(n, text)` is asked by number."""

    def value(self, value: object) -> str:
        """Stands for `value` in the text."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def listed(self, values: Sequence[object]) -> str:
        """Stands for the values in an IN (...)."""
        return ", ".join(self.value(value) for value in values)

    def holds(self, term: ContentTerm, table: str = "d") -> str:
        """The condition that a term holds of headers and body of the row in `table`; they are read for it."""
        self.contents.append(term)
        asked = f"holds({len(self.contents) - 1}, b.seq, b.headers, b.body)"
        return f"coalesce(({select(asked, 'bodies b', f'b.seq = {table}.seq')}), 0)"

    def fits(self, pattern: Callable[[str], bool], column: str) -> str:
        """The condition that a text column fits."""
        self.patterns.append(pattern)
        return f"fits({len(self.patterns) - 1}, {column})"

    def distinct(self, column: str, index: str, *conditions: str) -> list[Any] | None:
        """The values in an indexed column, found by one jump each; None when there are more than 1,000."""
        source = f"deliveries INDEXED BY {index}"
        first = select(f"min({column})", source, f"{column} IS NOT NULL", *conditions)
        following = select(f"min({column})", source, f"{column} > value", *conditions)
        steps = " UNION ALL ".join((f"SELECT ({first})", select(f"({following})", "one", "value IS NOT NULL")))
        found = self._connection.execute(
            " ".join(("WITH RECURSIVE one (value) AS (", steps, ") SELECT value FROM one LIMIT", str(_MOST_VALUES + 2)))
        ).fetchall()
        values = [value for (value,) in found if value is not None]
        return None if len(values) > _MOST_VALUES else values
