"""The status as lines for people: what `status` prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.running_session import RunningSession
from webhook_tui.headless.setup.status import Ownership, StatusReport

_LABEL = 10
_OWNERSHIP = {
    Ownership.OURS: "ours: a session on this machine registered it",
    Ownership.ABANDONED: "left behind by a session that ended without deleting it",
    Ownership.OTHER: "not ours: another program registered it",
    Ownership.NONE: "none is registered",
    Ownership.UNKNOWN: "unknown",
}


def status_page(report: StatusReport, now: datetime) -> str:
    """Return the page without a newline at its end. `now`: local time."""
    return "\n".join(f"{label:<{_LABEL}}{line}" for label, line in _lines(report, now))


def _lines(report: StatusReport, now: datetime) -> Iterator[tuple[str, str]]:
    request = report.request
    if request.profile is not None:
        yield "profile", visible(request.profile)
    token = request.token
    whose = "no token" if token is None else f"token {token.fingerprint()[:4]} ({request.source})"
    yield "account", f"{visible(request.api_url)}, {whose}"
    yield "webhook", _OWNERSHIP[report.webhook.ownership]
    webhook = report.webhook.webhook
    if webhook is not None:
        number = "" if webhook.id is None else f" (id {visible(str(webhook.id))})"
        yield "", f"{visible(webhook.url or '')}{number}"
        if webhook.last_response_status is not None:
            yield "", f"last answer that PiktID saw: {visible(str(webhook.last_response_status))}"
    if report.webhook.problem is not None:
        yield "", visible(report.webhook.problem)
    for session in report.sessions:
        yield from _session(session, report, now)
    if not report.sessions:
        yield "session", "none runs. Start one: webhook-tui, or webhook-tui listen"
    yield "history", visible(str(request.history))
    yield "", _history(report, now)


def _session(session: RunningSession, report: StatusReport, now: datetime) -> Iterator[tuple[str, str]]:
    whose = "" if session.account == report.request.account else ", of another account"
    since = units.day_time(session.started_at, now)
    yield "session", f"process {session.pid} since {since}, port {session.port} ({session.receiver}){whose}"
    if session.tunnel != "none":
        address = f", {visible(session.public_url)}" if session.public_url else ""
        yield "", f"tunnel {session.tunnel}{address}"
    address = f" at {visible(session.webhook_url)}" if session.webhook_url else ""
    yield "", f"webhook {session.webhook}{address}"


def _history(report: StatusReport, now: datetime) -> str:
    history = report.history
    if history is None:
        return "not there yet: it is made when a session starts"
    if not history.deliveries or history.newest is None:
        return f"no deliveries, {units.size(history.size)}"
    verdicts = ", ".join(f"{count:,} {verdict.value}" for verdict, count in history.counts.items())
    noun = "delivery" if history.deliveries == 1 else "deliveries"
    newest = units.day_time(history.newest, now)
    return f"{history.deliveries:,} {noun} ({verdicts}), {units.size(history.size)}, the newest of {newest}"
