"""What each action of the registry does on the main screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webhook_tui.ui.screens.main import MainScreen


def action_handlers(screen: MainScreen) -> Mapping[str, Callable[[], object]]:
    """Return the method to call for each id; imports and makes every controller."""
    return {
        "app.status": screen.statistics.show_status,
        "app.jobs": screen.statistics.show_jobs,
        "app.contract": screen.statistics.show_contract,
        "table.filter": screen.filter.open,
        "table.show_all": screen.filter.show_all,
        "table.toggle_filter": screen.filter.toggle,
        "table.sort": screen.filter.sort_by_next,
        "table.follow": screen.filter.follow,
        "table.into_detail": screen.panes.enter_detail,
        "delivery.why": screen.panes.why,
        "delivery.replay": screen.replay.replay,
        "delivery.edit": screen.replay.edit_and_replay,
        "delivery.copy_as": screen.exports.copy,
        "delivery.export": screen.exports.export,
        "delivery.mark": screen.annotations.mark,
        "delivery.comment": screen.annotations.comment,
        "delivery.delete": screen.annotations.delete_current,
        "delivery.diff": screen.diff.show,
        "delivery.simulate": screen.receiver.simulate,
        "detail.zoom": screen.panes.zoom,
        "history.runs": screen.statistics.show_runs,
        "history.clear": screen.annotations.delete_unmarked,
        "payload.next_match": partial(screen.panes.go_to_match, 1),
        "payload.match_before": partial(screen.panes.go_to_match, -1),
        "payload.query": screen.payload_query.open,
        "payload.open_link": screen.links.open,
        "piktid.ping": screen.webhook.ping,
        "piktid.register": screen.webhook.register,
        "piktid.delete": screen.webhook.delete,
        "piktid.add_secret": screen.webhook.add_secret,
        "piktid.secret": screen.webhook.show_secrets,
        "piktid.copy_url": screen.webhook.copy_url,
        "receiver.answers": screen.receiver.set_answers,
        "receiver.forward": screen.receiver.forward,
        "route.addresses": screen.webhook.show_addresses,
        "route.check": screen.receiver.check_public_url,
        "screen.back": screen.panes.back,
        "screen.help": screen.panes.show_help,
        "screen.leave": screen.leave,
        "screen.next_pane": screen.focus_next,
        "screen.previous_pane": screen.focus_previous,
        "stream.show": screen.panes.toggle_stream,
        "tabs.previous": partial(screen.panes.change_tab, -1),
        "tabs.next": partial(screen.panes.change_tab, 1),
    }
