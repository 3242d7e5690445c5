"""What a status says as a whole: one problem, the refused requests, the URL used last."""

from __future__ import annotations

from msgspec.structs import replace

from tests.factories import NOW
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.forward_result import UsedUrl
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.status import SessionEnd, SessionStatus, TunnelStatus, WebhookStatus

STORING, WEBHOOK, TUNNEL, END = (Problem(name, "") for name in ("disk", "webhook", "tunnel", "end"))


def test_the_first_broken_link_is_the_problem() -> None:
    """The end of the session before everything, then what loses deliveries, then the route from here outward."""
    status = SessionStatus(
        tunnel=TunnelStatus(problem=TUNNEL),
        webhook=WebhookStatus(problem=WEBHOOK),
        storing=STORING,
        end=SessionEnd(NOW, END),
    )

    found = []
    for repaired in (
        {"end": None},
        {"storing": None},
        {"webhook": WebhookStatus()},
        {"tunnel": TunnelStatus()},
    ):
        found.append(status.problem)
        status = replace(status, **repaired)
    assert found == [END, STORING, WEBHOOK, TUNNEL]
    assert status.problem is None


def test_refused_requests_are_summed() -> None:
    assert SessionStatus(refusals=(Refusal(404, "a", "b", 2), Refusal(413, "a", "b"))).refused == 3
    assert SessionStatus().refused == 0


def test_the_url_used_last() -> None:
    assert (
        SessionStatus(used_urls=(UsedUrl("http://new", NOW), UsedUrl("http://old", NOW))).last_used_url == "http://new"
    )
    assert SessionStatus().last_used_url == ""
