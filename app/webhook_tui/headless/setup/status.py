"""What there is of an account: its webhook at PiktID, the sessions that run here, the history. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from webhook_tui import __version__
from webhook_tui.domain import units
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.running_session import RunningSession
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.headless.messages import NO_TOKEN
from webhook_tui.headless.signing.stored_accounts import open_accounts
from webhook_tui.piktid.client import PiktidClient
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook
from webhook_tui.storage.accounts import Registration
from webhook_tui.storage.history_summary import HistorySummary, summarize_history
from webhook_tui.storage.running_sessions import running_sessions

API_SECONDS = 5.0
"""How long PiktID is waited for."""


class Ownership(StrEnum):
    """Whose the account's one webhook is."""

    OURS = "ours"
    """A session that runs on this machine registered it."""
    ABANDONED = "abandoned"
    """A session of this machine registered it and ended without deleting it."""
    OTHER = "other"
    """Another program or machine registered it."""
    NONE = "none"
    """The account has no webhook."""
    UNKNOWN = "unknown"
    """There is no token, or PiktID did not say."""


class WebhookReport(Struct, frozen=True):
    """The account's webhook as PiktID describes it."""

    ownership: Ownership
    webhook: Webhook | None = None
    problem: str | None = None
    """Why it is unknown."""
    exit_code: ExitCode = ExitCode.OK
    """What kind of problem it is."""
    clock_offset_seconds: float | None = None
    """How far this machine's clock is ahead of PiktID's; None: PiktID did not say."""


class StatusRequest(Struct, frozen=True, kw_only=True):
    """The account, files and options of a status request."""

    api_url: str
    token: Secret | None
    source: str | None
    """Where the token comes from, in words; None: there is none."""
    history: Path
    accounts: Path
    profile: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    """The named filters."""

    @property
    def account(self) -> Account:
        """Whose webhook it is."""
        return Account.of(self.api_url, self.token)


class StatusReport(Struct, frozen=True):
    """The state of the account, of this machine's sessions and of the history."""

    request: StatusRequest
    webhook: WebhookReport
    sessions: Sequence[RunningSession]
    """That write the history now, the last one started at the end."""
    history: HistorySummary | None
    """None: there is none yet."""


async def read_status(request: StatusRequest) -> StatusReport:
    """Ask PiktID and read what is stored here; makes no file. Raises ProblemError when the history cannot be read."""
    return StatusReport(
        request,
        await read_webhook(request),
        running_sessions(request.history),
        summarize_history(request.history),
    )


async def read_webhook(request: StatusRequest) -> WebhookReport:
    """Return the account's webhook and whose it is; a failure is part of the report."""
    if request.token is None:
        return WebhookReport(Ownership.UNKNOWN, problem=NO_TOKEN.sentence(), exit_code=NO_TOKEN.exit_code)
    try:
        client = PiktidClient(request.api_url, request.token, timeout_seconds=API_SECONDS)
    except ProblemError as error:
        return _failed(error.problem)
    try:
        report = _webhook_report(request, await client.current())
    except ProblemError as error:
        report = _failed(error.problem)
    finally:
        await client.aclose()
    return replace(report, clock_offset_seconds=client.clock_offset_seconds)


def _failed(problem: Problem) -> WebhookReport:
    return WebhookReport(Ownership.UNKNOWN, problem=problem.sentence(), exit_code=problem.exit_code)


def _webhook_report(request: StatusRequest, webhook: Webhook | NoWebhook | CannotTell) -> WebhookReport:
    match webhook:
        case NoWebhook():
            return WebhookReport(Ownership.NONE)
        case CannotTell():
            return WebhookReport(Ownership.UNKNOWN, problem="PiktID does not say which webhook there is.")
        case Webhook():
            return WebhookReport(_ownership(request, webhook), webhook)


def _ownership(request: StatusRequest, webhook: Webhook) -> Ownership:
    with open_accounts(request.accounts) as store:
        if store is None:
            return Ownership.OTHER
        live, abandoned = store.live(request.account), store.abandoned(request.account)

    def has(registrations: Sequence[Registration]) -> bool:
        return any(registration.url == webhook.url for registration in registrations)

    return Ownership.OURS if has(live) else Ownership.ABANDONED if has(abandoned) else Ownership.OTHER


def status_record(report: StatusReport) -> Mapping[str, object]:
    """Return the report as an object for JSON; it holds neither the token nor a secret."""
    request, webhook, history = report.request, report.webhook.webhook, report.history
    return {
        "type": "status",
        "version": __version__,
        "profile": request.profile,
        "account": {
            "api_url": request.api_url,
            "token": request.source,
            "token_fingerprint": None if request.token is None else request.token.fingerprint(),
        },
        "webhook": {
            "ownership": report.webhook.ownership.value,
            "url": webhook and webhook.url,
            "id": webhook and webhook.id,
            "is_active": webhook and webhook.is_active,
            "last_response_status": webhook and webhook.last_response_status,
            "last_response_at": webhook and webhook.last_response_at,
            "problem": report.webhook.problem,
        },
        "sessions": [session_record(session, request.account) for session in report.sessions],
        "history": {
            "path": str(request.history),
            "exists": history is not None,
            "size": 0 if history is None else history.size,
            "deliveries": 0 if history is None else history.deliveries,
            "verdicts": {} if history is None else {verdict.value: count for verdict, count in history.counts.items()},
            "last_seq": 0 if history is None else history.last_seq,
            "oldest": history and history.oldest and units.rfc3339(history.oldest),
            "newest": history and history.newest and units.rfc3339(history.newest),
        },
    }


def session_record(session: RunningSession, account: Account) -> Mapping[str, object]:
    """Return a running session as an object for JSON. `account`: the one of the request."""
    return {
        "pid": session.pid,
        "version": session.version,
        "started_at": units.rfc3339(session.started_at),
        "is_of_this_account": session.account == account,
        "api_url": session.api_url,
        "port": session.port,
        "receiver": session.receiver,
        "tunnel": session.tunnel,
        "public_url": session.public_url,
        "webhook": session.webhook,
        "webhook_url": session.webhook_url,
        "webhook_id": session.webhook_id,
    }


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
        yield from _session_lines(session, report, now)
    if not report.sessions:
        yield "session", "none is running. Start one: webhook-tui, or webhook-tui listen"
    yield "history", visible(str(request.history))
    yield "", _history_line(report, now)


def _session_lines(session: RunningSession, report: StatusReport, now: datetime) -> Iterator[tuple[str, str]]:
    whose = "" if session.account == report.request.account else ", of another account"
    since = units.day_time(session.started_at, now)
    yield "session", f"process {session.pid} since {since}, port {session.port} ({session.receiver}){whose}"
    if session.tunnel != "none":
        address = f", {visible(session.public_url)}" if session.public_url else ""
        yield "", f"tunnel {session.tunnel}{address}"
    address = f" at {visible(session.webhook_url)}" if session.webhook_url else ""
    yield "", f"webhook {session.webhook}{address}"


def _history_line(report: StatusReport, now: datetime) -> str:
    history = report.history
    if history is None:
        return "not there yet: it is made when a session starts"
    if not history.deliveries or history.newest is None:
        return f"no deliveries, {units.size(history.size)}"
    verdicts = ", ".join(f"{count:,} {verdict.value}" for verdict, count in history.counts.items())
    size, newest = units.size(history.size), units.day_time(history.newest, now)
    return f"{units.counted(history.deliveries, 'delivery')} ({verdicts}), {size}, the newest of {newest}"
