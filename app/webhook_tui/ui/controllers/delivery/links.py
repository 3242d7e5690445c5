"""Opens the web links of a payload; each is shown in full first."""

from __future__ import annotations

from functools import partial

from webhook_tui.domain.delivery.text import decoded
from webhook_tui.domain.payload.links import links
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.notice_texts import NO_LINK
from webhook_tui.ui.widgets.payload.view import PayloadView

_LARGEST_SEARCHED = 1_048_576
"""Bytes of a body that are searched for links."""


class LinkController:
    """Opens links of the delivery under the cursor."""

    def __init__(self, context: AppContext, deliveries: DeliveriesController, notices: NoticeController) -> None:
        self._context = context
        self._deliveries = deliveries
        self._notices = notices

    def open(self) -> None:
        """Ask about the link of the line under the cursor, else about one of the payload's."""
        from webhook_tui.ui.dialogs.links import LinksDialog

        stored = self._deliveries.current()
        if stored is None:
            return
        body = self._deliveries.detail.body_widget
        at_cursor = links(body.cursor_text) if isinstance(body, PayloadView) and body.has_focus else []
        found = at_cursor or links(decoded(stored.delivery.body[:_LARGEST_SEARCHED]))
        if not found:
            self._notices.show(NO_LINK, about=stored.row.seq)
        elif len(found) == 1:
            self._confirm(stored.row.verdict, found[0])
        else:
            self._context.app.push_screen(LinksDialog(found), partial(self._confirm, stored.row.verdict))

    def _confirm(self, verdict: Verdict, link: str | None) -> None:
        from webhook_tui.ui.dialogs.links import OpenLinkDialog

        if link is None:
            return
        url = link

        def open_url(confirmed: bool | None) -> None:
            if confirmed:
                self._context.app.open_url(url)

        self._context.app.push_screen(OpenLinkDialog(url, verdict), open_url)
