"""The screen before the first delivery: the route as steps with their states, and what to do next."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.status import ReceiverState, SessionStatus, TunnelState, TunnelStatus, WebhookState
from webhook_tui.ui.format.addresses import host_of, listener
from webhook_tui.ui.symbols import BROKEN, HALF, ON, WAITING, Lamp

TIMEOUT_SECONDS = 20.0
"""How long the first ping may take before the screen says what to do about it."""


class Step(Struct, frozen=True):
    """One step."""

    lamp: Lamp
    name: str
    text: str
    style: str = ""

    def line(self) -> Content:
        """Icon, name and text, the texts in one column."""
        return Content.assemble(self.lamp, " ", (f"{self.name:<11}", "$muted"), (self.text, self.style))


def steps(status: SessionStatus, now: datetime) -> tuple[Step, ...]:
    """Return the steps: receiver, tunnel, webhook, ping; and refused requests, if any."""
    lines = [_receiver(status)]
    if status.tunnel.state is not TunnelState.NONE:
        lines.append(_tunnel(status.tunnel, now))
    lines += [_webhook(status, now), _ping(status, now)]
    if status.refusals:
        lines.append(Step(HALF, "refused", refused(status), "$warning"))
    return tuple(lines)


def next_step(status: SessionStatus) -> str | None:
    """Return the id of the button to focus: `ping` while a delivery is awaited, `register` after a failure."""
    if status.end is not None:
        return "register"
    broken = (WebhookState.NOT_REGISTERED, WebhookState.REFUSED, WebhookState.TAKEN, WebhookState.DELETED)
    if status.tunnel.state is TunnelState.FAILED:
        return "register"
    if status.webhook.state in broken:
        return "register"
    return "ping" if status.webhook.state is WebhookState.REGISTERED else None


def hint(status: SessionStatus) -> Content:
    """Return how to send a test ping: the key, and a curl command without the token."""
    if status.webhook.state is not WebhookState.REGISTERED:
        return Content.empty()
    if status.sandbox:
        return Content.assemble(
            "Press ", ("t", "bold $primary"), " to send a test ping; sample jobs begin by themselves."
        )
    api = visible(status.api_url.rstrip("/"))
    return Content.assemble(
        "Press ",
        ("t", "bold $primary"),
        " to send a test ping, or from another terminal:\n\n",
        (f'curl -X POST {api}/webhooks/test \\\n  -H "Authorization: Bearer $PIKTID_TOKEN"', "$json-string"),
    )


def cause(problem: Problem) -> str:
    """Return the first clause of a problem: `PiktID refused the token (401)`."""
    return problem.message.split(": ")[0].rstrip(".")


def refused(status: SessionStatus) -> str:
    """Return `2 requests; the last (404): not the webhook's path (POST /)`."""
    last = status.refusals[-1]
    why = f"({last.status}): {visible(last.explanation)[:80]}"
    return f"1 request {why}" if status.refused == 1 else f"{units.count(status.refused)} requests; the last {why}"


def _receiver(status: SessionStatus) -> Step:
    receiver = status.receiver
    match receiver.state:
        case ReceiverState.STARTING:
            return Step(HALF, "receiver", f"opening {listener(receiver.host, receiver.port)}")
        case ReceiverState.LISTENING:
            return Step(ON, "receiver", listener(receiver.host, receiver.port))
        case _:
            return Step(BROKEN, "receiver", "closed")


def _tunnel(tunnel: TunnelStatus, now: datetime) -> Step:
    match tunnel.state:
        case TunnelState.WAITING:
            return Step(WAITING, "tunnel", "opens when the receiver listens", "$muted")
        case TunnelState.OPENING:
            server = visible(tunnel.server)
            who = f"ssh to {server}" if tunnel.kind == "ssh" else server or tunnel.kind
            since = "" if tunnel.since is None else f", {units.age((now - tunnel.since).total_seconds())}"
            return Step(HALF, "tunnel", f"{who}{since}; gives up after {tunnel.deadline_seconds:.0f} s")
        case TunnelState.LIVE:
            return Step(ON, "tunnel", visible(tunnel.public_url or ""))
        case TunnelState.UNVERIFIED:
            return Step(HALF, "tunnel", f"{visible(tunnel.public_url or '')}, not reached from here")
        case TunnelState.DOWN:
            return Step(BROKEN, "tunnel", _down(tunnel, now))
        case _:
            why = f": {cause(tunnel.problem)}" if tunnel.problem else ""
            return Step(BROKEN, "tunnel", f"not open{why}")


def _down(tunnel: TunnelStatus, now: datetime) -> str:
    since = "" if tunnel.since is None else f" since {tunnel.since.astimezone(now.tzinfo):%H:%M:%S}"
    if tunnel.next_try_at is None:
        return f"down{since}"
    seconds = max(0, round((tunnel.next_try_at - now).total_seconds()))
    return f"down{since}; try {tunnel.tries + 1} in {seconds} s"


def _webhook(status: SessionStatus, now: datetime) -> Step:
    webhook = status.webhook
    number = "" if webhook.webhook_id is None else visible(str(webhook.webhook_id))
    match webhook.state:
        case WebhookState.WAITING:
            until = "the receiver listens" if status.tunnel.state is TunnelState.NONE else "the tunnel is open"
            return Step(WAITING, "webhook", f"is registered when {until}", "$muted")
        case WebhookState.REGISTERING:
            since = "" if webhook.since is None else f", {units.age((now - webhook.since).total_seconds())}"
            return Step(HALF, "webhook", f"registering{since}")
        case WebhookState.REGISTERED:
            at = webhook.registered_at
            when = "registered" if at is None else f"registered {at.astimezone(now.tzinfo):%H:%M:%S}"
            where = " at the sandbox" if status.sandbox else ""
            return Step(ON, "webhook", f"{number}, {when}{where}" if number else f"{when}{where}")
        case WebhookState.STALE:
            return Step(BROKEN, "webhook", f"{number} points at the closed tunnel".strip())
        case WebhookState.TAKEN:
            return Step(BROKEN, "webhook", f"taken by {host_of(webhook.taken_by or 'another program')}")
        case WebhookState.DELETED:
            return Step(WAITING, "webhook", "deleted; u registers again")
        case WebhookState.WATCHING:
            return Step(WAITING, "webhook", "not registered by this program: only watching", "$muted")
        case _:
            why = f": {cause(webhook.problem)}" if webhook.problem else ""
            return Step(BROKEN, "webhook", f"not registered{why}")


def _ping(status: SessionStatus, now: datetime) -> Step:
    webhook = status.webhook
    if received := status.counts.received:
        return Step(ON, "delivery", f"{units.count(received)} received in this run; none is in the history any more")
    match webhook.state:
        case WebhookState.REGISTERED:
            since = webhook.registered_at or webhook.since
            waited = 0.0 if since is None else (now - since).total_seconds()
            if waited >= TIMEOUT_SECONDS:
                advice = f"no ping for {units.age(waited)}: press t; if it still does not come, u"
                return Step(HALF, "ping", advice, "$warning")
            return Step(HALF, "ping", f"waiting for the first delivery, {units.age(waited)}")
        case WebhookState.WATCHING:
            return Step(HALF, "delivery", "waiting for the first one")
        case WebhookState.STALE:
            return Step(WAITING, "ping", "comes when the new address is registered", "$muted")
        case WebhookState.WAITING | WebhookState.REGISTERING:
            return Step(WAITING, "ping", "PiktID sends one at once", "$muted")
        case _:
            return Step(WAITING, "ping", "comes when the webhook is registered", "$muted")
