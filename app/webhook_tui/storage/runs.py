"""The runs of the program that the history remembers."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from webhook_tui.domain.run import Run
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.storage.mappers import moment


def find_runs(connection: sqlite3.Connection) -> list[Run]:
    """All runs, oldest first, with the counts of what is stored of each."""
    counts: defaultdict[int, dict[Verdict, int]] = defaultdict(dict)
    for run, verdict, count in connection.execute(
        "SELECT run, verdict, count(*) FROM deliveries NOT INDEXED GROUP BY run, verdict"
    ):
        counts[run][Verdict(verdict)] = count
    found = connection.execute("SELECT id, started_at, ended_at FROM runs ORDER BY id")
    return [
        Run(number, moment(started), None if ended is None else moment(ended), counts[number])
        for number, started, ended in found
    ]
