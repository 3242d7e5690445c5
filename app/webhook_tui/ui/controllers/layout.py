"""Theme, tab, filter, split, image hosts and seen tips: taken up from the last run, kept for the next, and reset."""

from __future__ import annotations

from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.delivery.images import ImageController
from webhook_tui.ui.controllers.filter import FilterController
from webhook_tui.ui.format.status.tips import Tips
from webhook_tui.ui.preferences import Preferences
from webhook_tui.ui.views.detail.bodies import DetailBodies
from webhook_tui.ui.views.detail.shown_delivery import PAYLOAD
from webhook_tui.ui.widgets.split_pane import SplitPane


class LayoutController:
    """Reads the preferences once, and writes them when they differ."""

    def __init__(
        self,
        context: AppContext,
        body: SplitPane,
        deliveries: DeliveriesController,
        filter_: FilterController,
        images: ImageController,
        *,
        tips: Tips,
    ) -> None:
        self._tips = tips
        self._context = context
        self._images = images
        self._body = body
        self._deliveries = deliveries
        self._filter = filter_
        self._kept = context.preferences.read()
        self._first_theme = context.app.theme
        self._is_restored = False

    def restore(self) -> None:
        """Take up tab and filter of the last run; only the first call does. The history must be open.

        The sandbox takes up no filter: it would hide the deliveries that come first.
        """
        if self._is_restored:
            return
        self._is_restored = True
        self._deliveries.detail.query_one(DetailBodies).start_with(self._kept.tab)
        if self._kept.filter and not self._is_in_sandbox:
            self._filter.set(self._kept.filter)

    def keep(self) -> None:
        """Write the preferences, unless nothing has changed or they were not taken up yet."""
        if self._is_restored and self._deliveries.detail.is_attached:
            self._context.preferences.write(self._present())

    def reset(self) -> None:
        """Show everything, in the first tab, in the theme of the options or ours, divided as the terminal suggests."""
        self._filter.show_all()
        self._deliveries.detail.choose(PAYLOAD)
        self._body.reset()
        self._context.app.theme = self._context.default_theme
        self._kept, self._first_theme = Preferences(), self._context.app.theme  # image hosts are no layout: they stay
        self.keep()

    @property
    def _is_in_sandbox(self) -> bool:
        return self._context.status.sandbox

    def _present(self) -> Preferences:
        """A theme that --theme gives for this run does not replace the kept one, nor does a filter of the sandbox."""
        app, tab = self._context.app, self._deliveries.detail.tab
        theme = self._kept.theme
        if app.theme != self._first_theme:
            theme = "" if app.theme == self._context.default_theme else app.theme
        kept_tab = "" if tab == PAYLOAD else tab
        has_seen_tips = self._kept.has_seen_tips or self._tips.were_shown
        filter_text = self._kept.filter if self._is_in_sandbox else self._filter.search.text
        return Preferences(theme, kept_tab, filter_text, self._body.split, self._images.hosts, has_seen_tips)
