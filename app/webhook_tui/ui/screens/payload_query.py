"""The part of the main screen that queries a payload: it opens the input and points at what is wrong in it."""

from __future__ import annotations

from webhook_tui.ui.screens.statistics import StatisticsScreen
from webhook_tui.ui.views.detail import DetailPane
from webhook_tui.ui.widgets.filter_bar import MistakeLine
from webhook_tui.ui.widgets.query_input import QueryInput


class PayloadQueryScreen(StatisticsScreen):
    """The query's place on the screen is the detail's; its mistakes stand in the footer's line."""

    def action_query(self) -> None:
        """Ask for an expression, or change the one that is on."""
        self.catch_up()
        if self.detail.stored is not None:
            self.detail.open_query()

    def on_detail_pane_query_judged(self, event: DetailPane.QueryJudged) -> None:
        """Point at the mistake while the expression is typed."""
        event.stop()
        input_ = self.query_one(QueryInput)
        mistake = event.mistake if input_.has_class("-open") else None
        self.set_class(mistake is not None, "-mistaken")
        if mistake is None:
            return
        shift = input_.content_region.x - round(input_.scroll_offset.x)
        start, end = (0, len(input_.value)) if mistake.start is None else (mistake.start, mistake.end)
        self.query_one(MistakeLine).point(start + shift, end + shift, mistake.sentence, self.size.width)
