"""Shows the images that a payload links to, and opens its links in the browser; each is shown in full first."""

from __future__ import annotations

from functools import partial

from webhook_tui.domain.delivery.text import decoded
from webhook_tui.domain.images.image_links import image_links
from webhook_tui.domain.payload.links import links
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.controllers.panes import PaneController
from webhook_tui.ui.dialogs.dialog import ask
from webhook_tui.ui.notice_texts import NO_LINK
from webhook_tui.ui.views.detail.shown_delivery import IMAGE
from webhook_tui.ui.widgets.detail.image_view import ImageView
from webhook_tui.ui.widgets.payload.view import PayloadView

_LARGEST_SEARCHED = 1_048_576
"""Bytes of a body that are searched for links."""


class LinkController:
    """Opens links of the delivery under the cursor."""

    def __init__(
        self,
        context: AppContext,
        panes: PaneController,
        deliveries: DeliveriesController,
        notices: NoticeController,
    ) -> None:
        self._context = context
        self._panes = panes
        self._deliveries = deliveries
        self._notices = notices

    def open(self) -> None:
        """Show the image of the line under the cursor, else the first one; in the Image tab zoom it.

        Without an image, or with a signature that proves nothing, ask about a link to open in the browser.
        """
        from webhook_tui.ui.dialogs.links import LinksDialog

        stored = self._deliveries.current()
        if stored is None:
            return
        detail = self._deliveries.detail
        body = detail.body_widget
        if detail.tab == IMAGE and self._panes.is_in_detail:
            self._panes.zoom()
            self._notices.on_action("payload.open_link")
            return
        at_cursor = links(body.cursor_text) if isinstance(body, PayloadView) and body.has_focus else []
        images = {link.url for link in image_links(stored.delivery.body)} if IMAGE in detail.tabs else set()
        if images and (not at_cursor or at_cursor[0] in images):
            self._panes.show_tab(IMAGE)
            detail.query_one(ImageView).choose(*at_cursor[:1])
            self._notices.on_action("payload.open_link")
            return
        found = at_cursor or links(decoded(stored.delivery.body[:_LARGEST_SEARCHED]))
        if not found:
            self._notices.show(NO_LINK, about=stored.row.seq)
        elif len(found) == 1:
            self._confirm(stored.row.verdict, found[0])
        else:
            ask(self._context.app, LinksDialog(found), partial(self._confirm, stored.row.verdict))

    def confirm(self, link: str) -> None:
        """Show a link of the delivery in full, and open it if the user says so."""
        if (stored := self._deliveries.current()) is not None:
            self._confirm(stored.row.verdict, link)

    def _confirm(self, verdict: Verdict, link: str) -> None:
        from webhook_tui.ui.dialogs.links import OpenLinkDialog

        app = self._context.app
        ask(app, OpenLinkDialog(link, verdict), lambda _: app.open_url(link))
