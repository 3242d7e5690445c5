"""The notice below the status line: which problem it shows, and its sentences with the seconds left."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct
from textual.content import Content

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, Severity
from webhook_tui.domain.status import SessionStatus, TunnelState

_KEY = re.compile(r"(?<![\w.:/-])[utpswqX?](?![\w.:/-])|(?<=[Pp]ress )\w\b|(?<=then )enter\b")
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.TIP: 2}


class Notice(Struct, frozen=True):
    """A problem, and when the next try is due."""

    problem: Problem
    again_at: datetime | None = None
    about: int | None = None
    """The delivery that it is about: it is over when another one is shown."""

    def lines(self, now: datetime) -> tuple[Content, ...]:
        """Return what happened and what to do, with its keys highlighted."""
        again = None if self.again_at is None else max(0.0, (self.again_at - now).total_seconds())
        what, advice = visible(self.problem.message), visible(self.problem.advice(again))
        lines = [Content.assemble((what, "bold"))]
        if advice:
            lines.append(Content(advice).highlight_regex(_KEY, style="bold $primary"))
        return tuple(lines)


def chosen(
    status: SessionStatus, occurred: Notice | None, hidden: frozenset[str], tip: Problem | None = None
) -> Notice | None:
    """Return the most severe notice that is not hidden; a problem of the route before one of a command.

    `hidden`: the messages of problems that the user closed. `tip`: what the sandbox says.
    """
    candidates: list[Notice] = []
    if (problem := status.problem) is not None:
        candidates.append(Notice(problem, _again_at(status, problem)))
    if occurred is not None:
        candidates.append(occurred)
    candidates += [Notice(note) for note in status.notes]
    if tip is not None:
        candidates.append(Notice(tip))
    shown = [notice for notice in candidates if notice.problem.message not in hidden]
    return min(shown, key=lambda notice: _RANK[notice.problem.severity], default=None)


def _again_at(status: SessionStatus, problem: Problem) -> datetime | None:
    if problem is status.webhook.problem:
        return status.webhook.next_try_at
    if problem is status.tunnel.problem:
        return status.tunnel.since if status.tunnel.state is TunnelState.OPENING else status.tunnel.next_try_at
    return None
