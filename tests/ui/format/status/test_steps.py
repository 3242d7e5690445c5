"""The route as steps: each state of each link in words, and the button that comes next."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.ui.fake_session import LISTENING, LIVE, NOW, RUNNING, WAITING
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.status import Counts, ReceiverState, TunnelState, TunnelStatus, WebhookState
from webhook_tui.ui.format.status.steps import next_step, steps


def test_the_steps_follow_the_route() -> None:
    """Each state of each link has its words and, after a failure, its button."""
    opening = TunnelStatus(TunnelState.OPENING, "ssh", "localhost.run", since=NOW - timedelta(seconds=4))
    words = {step.name: step.text for step in steps(replace(LISTENING, tunnel=opening), NOW)}
    assert words == {
        "receiver": "127.0.0.1:9876",
        "tunnel": "ssh to localhost.run, 4 s; gives up after 20 s",
        "webhook": "is registered when the tunnel is open",
        "ping": "PiktID sends one at once",
    }
    problem = Problem("There is no ssh on this machine.", "Install OpenSSH.")
    failed = replace(LISTENING, tunnel=TunnelStatus(TunnelState.FAILED, problem=problem))
    assert steps(failed, NOW)[1].text == "not open: There is no ssh on this machine"
    assert next_step(failed) == "register"
    assert next_step(WAITING) == "ping"
    for webhook in WebhookState:
        for tunnel in TunnelState:
            for receiver in ReceiverState:
                status = replace(
                    RUNNING,
                    receiver=replace(RUNNING.receiver, state=receiver),
                    tunnel=replace(LIVE, state=tunnel),
                    webhook=replace(RUNNING.webhook, state=webhook),
                )
                assert all(step.text for step in steps(status, NOW))


def test_after_all_were_deleted_no_ping_is_waited_for() -> None:
    """The steps are shown again, and deliveries came all the same."""
    status = replace(RUNNING, counts=Counts(received=1200, good=1200))
    last = steps(status, NOW + timedelta(minutes=4))[-1]
    assert last.text == "1,200 received in this run; none is in the history any more"
    assert "no ping for" in steps(replace(status, counts=Counts()), NOW + timedelta(minutes=4))[-1].text
