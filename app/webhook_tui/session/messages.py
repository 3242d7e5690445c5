"""Every sentence that the session says: the problems, notes and notices of its parts, and the steps of its shutdown.

None names a key, except in a `screen_hint`, which the screen alone shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from webhook_tui.domain import units
from webhook_tui.domain.errors import ExitCode, Problem, Severity
from webhook_tui.domain.signature.secret import Secret

# The session itself

NOT_RUNNING = Problem("The session is not running.", "Start it again.")
HAS_ENDED = Problem("The session has ended.", "Restart it.", screen_hint="u restarts it.")


def unexpected(what: str, error: Exception) -> Problem:
    """An error that the program does not expect; `what` failed."""
    return Problem(f"{what} failed: {type(error).__name__}.", "This is a bug in webhook-tui; the log has details.")


def not_started(how: str, errors: Path) -> Problem:
    """The session's process ended before it listened; `errors`: the file of its standard error."""
    return Problem(f"The session could not be started ({how}).", f"{errors} may have the reason.")


def not_spawned(reason: str) -> Problem:
    """The operating system starts no process."""
    return Problem(f"The session could not be started: {reason}.", "Free memory or end other processes.")


def ended_by_bug(error: Exception) -> str:
    """How a session ended that should not have."""
    return f"The session ended by a bug in webhook-tui: {type(error).__name__}."


def ended_by_signal(name: str) -> str:
    """How a session ended that got a signal."""
    return f"The session was ended by {name}."


def events_dropped(count: int) -> Problem:
    """The screen read too slowly."""
    return Problem(
        f"The screen could not keep up: {count:,} notices were dropped.",
        "No delivery is affected.",
        severity=Severity.WARNING,
    )


def other_port(wanted: int, port: int) -> Problem:
    """The default port is taken."""
    return Problem(f"Port {wanted} is in use; listening on {port}.", "", severity=Severity.TIP)


def set_aside(what: str, path: Path) -> Problem:
    """A damaged file was renamed to `path`."""
    return Problem(
        f"{what} could not be read; it is kept as {path.name}.",
        "A new one was started; `webhook-tui paths` prints where both are.",
        severity=Severity.WARNING,
    )


STORED_AGAIN = "Deliveries are stored again."

CLOSING_TUNNEL = "closing the tunnel"
RESTORING_WEBHOOK = "restoring the previous webhook"


def deleting_webhook(webhook_id: int | str | None) -> str:
    """A step of the shutdown."""
    return "deleting webhook" if webhook_id is None else f"deleting webhook {webhook_id}"


# The webhook at PiktID

UNKNOWN_WEBHOOK_REPLACED = "PiktID does not report whether a webhook is registered. An existing one is replaced."
NOTHING_TO_DELETE = "This run has registered no webhook: nothing was deleted."
PERHAPS_TAKEN = Problem("Another program may have registered its webhook.", "Nothing was deleted.")
TAKEN_MEANWHILE = Problem("Another program registered its webhook meanwhile.", "It was left as it is.")
_TAKE_BACK = "Start again to take it back."
SUSPECTED = Problem(
    "Events come by SSE alone: another program may have registered.",
    _TAKE_BACK,
    ExitCode.API,
    screen_hint="u takes it back and asks first; s watches without taking it.",
)


def foreign_webhook(url: str) -> Problem:
    """Another program's webhook is registered, and there is no prompt."""
    return Problem(
        f"A webhook that is not ours is registered: {url}.",
        "Replace it with --replace, or watch with --no-register.",
        ExitCode.API,
    )


def taken(host: str, at: datetime) -> Problem:
    """Another program registered `host`; `at` in the machine's time zone."""
    return Problem(
        f"{host} was registered instead at {at:%H:%M}: nothing arrives here.",
        _TAKE_BACK,
        ExitCode.API,
        screen_hint="u takes it back and asks first; s watches without taking it.",
    )


def deleted_by_other(at: datetime) -> Problem:
    """Another program deleted the webhook; `at` in the machine's time zone."""
    return Problem(
        f"The webhook was deleted by another program at {at:%H:%M}: nothing arrives here.",
        _TAKE_BACK,
        ExitCode.API,
        screen_hint="u registers it again.",
    )


def registration_kept(problem: Problem | None) -> str:
    """The registered URL is back, and PiktID does not report whether it is still registered; `problem`: why not."""
    reason = "PiktID does not report whether it is still registered." if problem is None else problem.message
    return f"The public URL is back, and its registration is kept. {reason}"


def not_deleted(problem: Problem | None) -> Problem:
    """The webhook is still there on exit; `problem`: PiktID's answer, None without one."""
    why = "PiktID did not answer" if problem is None else problem.message.rstrip(".")
    return Problem(
        f"The webhook could not be deleted: {why}.",
        "It points at a closed tunnel until the next run replaces it.",
        ExitCode.API,
    )


def restored(url: str, secret: Secret | None) -> Problem:
    """The previous webhook is registered again, with a new secret, which is shown in clear this once."""
    if secret is None:
        return Problem(f"{url} is registered again; PiktID sent no secret.", "")
    return Problem(f"{url} is registered again. Its new secret, shown once and kept: {secret.reveal()}", "")


def token_kept(place: str) -> str:
    """The token was saved."""
    return f"Token kept in {place}."


def not_compared(problem: Problem) -> Problem:
    """The event stream cannot be read."""
    return Problem(
        "Webhook and event stream (SSE) are not compared.",
        f"{problem.message.rstrip('.')}; --no-sse leaves it out.",
        severity=Severity.TIP,
    )


# The public URL

NO_PUBLIC_URL = "There is no public URL yet."


def public_url_verified(seconds: float) -> str:
    """A request through the public URL arrived here."""
    return f"The public URL leads here: verified in {units.duration(seconds)}."


def public_url_not_reached(reason: str, advice: str) -> Problem:
    """A request through the public URL did not arrive; `advice`: what can help besides trying again, as a clause."""
    may_come = "Deliveries may still arrive"
    return Problem(
        f"Public URL not reached from here: {reason}.",
        f"{may_come}; {advice}" if advice else f"{may_come}. The check is repeated.",
        ExitCode.TUNNEL,
        is_transient=True,
        severity=Severity.WARNING,
        screen_hint=f"{may_come}; {advice or 't sends a test ping. The check is repeated.'}",
    )


# Secrets

SECRET_NOT_KEPT = Problem(
    "The signing secret is kept for this run only: accounts.db cannot be written.",
    "Make it writable (`webhook-tui paths` prints where it is), then register again.",
    severity=Severity.WARNING,
)
NO_SECRET = Problem(
    "There is no current secret to sign with.",
    "Register the webhook to get one.",
    severity=Severity.WARNING,
    screen_hint="u registers and gets one.",
)


def no_longer_trusted(short_ids: Sequence[str]) -> Problem:
    """An earlier version stored secrets that were given for one run."""
    ids = ", ".join(short_ids)
    message = (
        f"A secret added in an earlier version verifies nothing any more: {ids}."
        if len(short_ids) == 1
        else f"{len(short_ids)} secrets added in an earlier version verify nothing any more: {ids}."
    )
    return Problem(message, "It kept --secret for every run; add again what you trust.", severity=Severity.WARNING)


def secret_known(short_id: str) -> str:
    """The ring contains the secret that was to be added."""
    return f"The ring has this secret already: {short_id}."


def secret_added(checked: int, valid: int) -> str:
    """`Secret added. Re-checked 4 deliveries: 2 are now valid.`"""
    if not checked:
        return "Secret added. There was no delivery to re-check."
    noun = "delivery" if checked == 1 else "deliveries"
    now_valid = {0: "none is valid with it", 1: "1 is now valid"}.get(valid, f"{units.count(valid)} are now valid")
    return f"Secret added. Re-checked {units.count(checked)} {noun}: {now_valid}."


def secret_removed(short_id: str, invalid: int) -> str:
    """`Secret 2a7f removed. 1 delivery is no longer valid.`"""
    changed = {0: "No delivery was valid with it", 1: "1 delivery is no longer valid"}.get(
        invalid, f"{units.count(invalid)} deliveries are no longer valid"
    )
    return f"Secret {short_id} removed. {changed}."


# Forwarding

FORWARDING = "Every delivery is forwarded from now on."
REPLAY_UNDER_WAY = Problem(
    "Deliveries are being replayed already.",
    "Wait until they are sent.",
    severity=Severity.WARNING,
    screen_hint="r shows how far it is.",
)
NOT_A_URL = Problem("That is not an http or https URL.", "As in http://127.0.0.1:3000.", ExitCode.USAGE)
OTHER_MACHINE = Problem(
    "Deliveries are forwarded within this machine only.", "Another host needs --forward-anywhere.", ExitCode.USAGE
)
OWN_ADDRESS = Problem(
    "Deliveries cannot be forwarded to this receiver itself.",
    "Name the URL of your app, with its own port.",
    ExitCode.USAGE,
)
FORWARDING_LOOP = "webhook-tui forwarded this delivery itself: the URL leads back to this receiver."
INVALID_STATUS = "webhook-tui got an invalid status from the app behind it."


def nothing_listens(host: str, port: int) -> Problem:
    """Nothing accepts connections where deliveries are forwarded to."""
    return Problem(
        f"Nothing listens at {host}:{port}, where deliveries are forwarded to.",
        "They are answered 502 until your app runs there.",
        severity=Severity.WARNING,
    )


def no_answer_from_app(reason: str) -> str:
    """The body of a 502."""
    return f"webhook-tui got no answer from the app behind it: {reason}."


def event_sent(event: str, where: str, outcome: str) -> str:
    """A simulated event was answered 2xx."""
    return f"Sent {event} to {where}: {outcome}."


def event_not_accepted(event: str, where: str, outcome: str, advice: str) -> Problem:
    """A simulated event was answered something else, or not at all."""
    return Problem(event_sent(event, where, outcome), advice, severity=Severity.WARNING)


def handler_unreachable(url: str, reason: str, advice: str) -> Problem:
    """The check of a handler got no answer; `advice`: "" when it only has to be started."""
    return Problem(
        f"{url} does not answer: {reason}.",
        advice or "Start your app, then check again.",
        screen_hint=None if advice else "Start your app, then r.",
    )
