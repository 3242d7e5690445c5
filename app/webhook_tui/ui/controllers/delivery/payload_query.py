"""Queries the payload with JMESPath, in a process of its own."""

from __future__ import annotations

import os
from functools import partial

from rich.cells import cell_len
from textual.screen import Screen

from webhook_tui.domain.payload.query import Mistake, QueryResult
from webhook_tui.environment import child_environment
from webhook_tui.payload_query.process import QueryHost
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.messages import QueryRequested
from webhook_tui.ui.widgets.detail.query_input import QueryInput
from webhook_tui.ui.widgets.filter_bar import MistakeLine
from webhook_tui.ui.widgets.payload.document import Document
from webhook_tui.ui.widgets.payload.loader import document_for


class PayloadQueryController:
    """Opens the input, runs the queries and marks mistakes."""

    def __init__(self, context: AppContext, screen: Screen[None], deliveries: DeliveriesController) -> None:
        self._context = context
        self._screen = screen
        self._deliveries = deliveries
        self._process = QueryHost(child_environment(os.environ))

    def open(self) -> None:
        """Ask for an expression, or change the one that is used."""
        if self._deliveries.current() is not None:
            self._deliveries.detail.open_query()

    def run(self, query: QueryRequested) -> None:
        """Run a query; without an expression end the process."""
        if query.expression:
            work = partial(self._run, self._process.ticket(), query)
            self._context.run_in_thread(work, partial(self._show, query))
        else:
            self._process.rest()

    def _run(self, ticket: int, query: QueryRequested) -> tuple[QueryResult, Document | None] | None:
        result = self._process.query(ticket, query.expression, query.body)
        if result is None:
            return None
        return result, document_for(result.content) if result.mistake is None else None

    def _show(self, query: QueryRequested, answer: tuple[QueryResult, Document | None] | None) -> None:
        if answer is not None:
            self._deliveries.detail.show_query(query.seq, query.expression, *answer)

    def point_at(self, mistake: Mistake | None) -> None:
        """Mark the mistake while the expression is typed."""
        box = self._screen.query_one(QueryInput)
        shown = mistake if box.has_class("-open") else None
        line = self._screen.query_one(MistakeLine)
        if shown is None:
            line.close()
        else:
            text = box.value
            blanks = len(text) - len(text.lstrip())  # the expression is queried without them
            start, end = (0, len(text)) if shown.start is None else (blanks + shown.start, blanks + shown.end)
            line.point_at(box, cell_len(text[:start]), cell_len(text[:end]), shown.sentence)

    def close(self) -> None:
        """End the process."""
        self._process.close()
