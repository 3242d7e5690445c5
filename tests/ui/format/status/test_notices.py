"""Which notice has the place, and what it says."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.ui.fake_session import NOW, WAITING
from webhook_tui.domain.errors import Problem, Severity
from webhook_tui.domain.status import TunnelState, TunnelStatus, WebhookState, WebhookStatus
from webhook_tui.ui.format.status.notices import Notice, chosen


def test_the_most_severe_notice_has_the_place() -> None:
    """Error before warning before tip; what is hidden makes room for the next."""
    note = Problem("A note.", "", severity=Severity.WARNING)
    problem = Problem("Out of order (503).", "Retrying in {again}; u tries now.")
    webhook = WebhookStatus(WebhookState.NOT_REGISTERED, problem=problem, next_try_at=NOW + timedelta(seconds=8))
    status = replace(WAITING, webhook=webhook, notes=(note,), sandbox=True)

    first = chosen(status, None, frozenset())
    assert first is not None
    assert [line.plain for line in first.lines(NOW)] == ["Out of order (503).", "Retrying in 8 s; u tries now."]
    second = chosen(status, None, frozenset({problem.message}))
    assert second == Notice(note)
    assert len(second.lines(NOW)) == 1
    tip = Problem("Sandbox.", "", severity=Severity.TIP)
    assert chosen(status, None, frozenset({problem.message, note.message}), tip) == Notice(tip)
    assert chosen(WAITING, None, frozenset()) is None


def test_what_closed_the_tunnel_stays_while_it_is_opened_again() -> None:
    """It takes as many lines as before, so that the table does not jump with each try."""
    problem = Problem("The tunnel closed.", "Retrying in {again}.")
    tunnel = TunnelStatus(TunnelState.OPENING, since=NOW - timedelta(seconds=2), tries=2, problem=problem)

    notice = chosen(replace(WAITING, tunnel=tunnel), None, frozenset())

    assert notice is not None
    assert [line.plain for line in notice.lines(NOW)] == ["The tunnel closed.", "Retrying now."]
