"""The controllers of the main screen, and which of their methods carries out each action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from webhook_tui.ui.controllers.annotations import AnnotationController
from webhook_tui.ui.controllers.delivery.clicks import ClickController
from webhook_tui.ui.controllers.delivery.diff import DiffController
from webhook_tui.ui.controllers.delivery.editor import EditorController
from webhook_tui.ui.controllers.delivery.export import ExportController
from webhook_tui.ui.controllers.delivery.image_downloads import ImageDownloadController
from webhook_tui.ui.controllers.delivery.images import ImageController
from webhook_tui.ui.controllers.delivery.links import LinkController
from webhook_tui.ui.controllers.delivery.payload_query import PayloadQueryController
from webhook_tui.ui.controllers.delivery.replay import ReplayController
from webhook_tui.ui.controllers.filter import FilterController
from webhook_tui.ui.controllers.handler_check import HandlerCheckController
from webhook_tui.ui.controllers.layout import LayoutController
from webhook_tui.ui.controllers.panes import PaneController
from webhook_tui.ui.controllers.prompts import PromptController
from webhook_tui.ui.controllers.receiver import ReceiverController
from webhook_tui.ui.controllers.statistics import StatisticsController
from webhook_tui.ui.controllers.webhook import WebhookController
from webhook_tui.ui.controllers.work import WorkController
from webhook_tui.ui.widgets.split_pane import SplitPane

if TYPE_CHECKING:
    from webhook_tui.ui.screens.main import MainScreen


class MainControllers:
    """Made once, after the first frame: their modules are a fifth of all that the screen imports."""

    def __init__(self, screen: MainScreen) -> None:
        context, deliveries, notices = screen.context, screen.deliveries, screen.notices
        body = screen.query_one(SplitPane)
        self.panes = PaneController(context, screen, deliveries, notices)
        self.filter = FilterController(context, screen, deliveries, notices, screen.frames)
        self.work = WorkController(screen)
        self.annotations = AnnotationController(context, deliveries, self.filter, work=self.work)
        self.diff = DiffController(context, deliveries, notices)
        self.editor = EditorController(context, notices)
        self.exports = ExportController(context, deliveries, self.filter, notices, self.work)
        self.handler_check = HandlerCheckController(context)
        self.images = ImageController(context)
        self.downloads = ImageDownloadController(context, self.images, self.work)
        self.layout = LayoutController(context, body, deliveries, self.filter, self.images, tips=notices.tips)
        self.links = LinkController(context, self.panes, deliveries, notices)
        self.payload_query = PayloadQueryController(context, screen, deliveries)
        self.prompts = PromptController(context, self.panes)
        self.receiver = ReceiverController(context, deliveries, notices, self.editor)
        self.replay = ReplayController(context, deliveries, self.filter, notices, self.editor, work=self.work)
        self.statistics = StatisticsController(context, deliveries, self.filter, self.panes, notices)
        self.webhook = WebhookController(context, notices, self.prompts)
        self.clicks = ClickController(
            deliveries,
            filter_=self.filter,
            panes=self.panes,
            annotations=self.annotations,
            receiver=self.receiver,
            statistics=self.statistics,
            work=self.work,
        )
        self.handlers: Mapping[str, Callable[[], object]] = {
            "app.status": self.statistics.show_status,
            "app.jobs": self.statistics.show_jobs,
            "app.contract": self.statistics.show_contract,
            "table.filter": self.filter.open,
            "table.show_all": self.filter.show_all,
            "table.toggle_filter": self.filter.toggle,
            "table.sort": self.filter.sort_by_next,
            "table.follow": self.filter.follow,
            "table.into_detail": self.panes.enter_detail,
            "delivery.why": self.panes.why,
            "delivery.replay": self.replay.replay,
            "delivery.edit": self.replay.edit_and_replay,
            "delivery.copy_as": self.exports.copy,
            "delivery.export": self.exports.export,
            "delivery.mark": self.annotations.mark,
            "delivery.comment": self.annotations.comment,
            "delivery.delete": self.annotations.delete_current,
            "delivery.diff": self.diff.show,
            "delivery.simulate": self.receiver.simulate,
            "detail.zoom": self.panes.zoom,
            "detail.grow": partial(body.grow_detail, 1),
            "detail.shrink": partial(body.grow_detail, -1),
            "app.handler_test": self.handler_check.show,
            "history.runs": self.statistics.show_runs,
            "history.clear": self.annotations.delete_unmarked,
            "payload.next_match": partial(self.panes.go_to_match, 1),
            "payload.match_before": partial(self.panes.go_to_match, -1),
            "payload.query": self.payload_query.open,
            "payload.open_link": self.links.open,
            "image.forget_hosts": self.images.forget_hosts,
            "piktid.ping": self.webhook.ping,
            "piktid.register": self.webhook.register,
            "piktid.delete": self.webhook.delete,
            "piktid.add_secret": self.webhook.add_secret,
            "piktid.secret": self.webhook.show_secrets,
            "piktid.copy_url": self.webhook.copy_url,
            "receiver.answers": self.receiver.set_answers,
            "receiver.forward": self.receiver.forward,
            "route.addresses": self.webhook.show_addresses,
            "route.check": self.receiver.check_public_url,
            "screen.back": self.panes.back,
            "screen.help": self.panes.show_help,
            "screen.leave": screen.leave,
            "screen.next_pane": screen.focus_next,
            "screen.reset": self.layout.reset,
            "screen.tips": notices.restart_tips,
            "screen.previous_pane": screen.focus_previous,
            "stream.show": self.panes.toggle_stream,
            "work.stop": self.work.stop,
            "work.pause": self.work.pause,
            "tabs.previous": partial(self.panes.change_tab, -1),
            "tabs.next": partial(self.panes.change_tab, 1),
        }
        """What each action of the registry does."""

    def on_session_ended(self) -> None:
        """End what the session did: nothing more is published about it."""
        self.replay.on_session_ended()
        self.handler_check.on_session_ended()
