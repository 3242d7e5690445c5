"""What ngrok's agent says, in the words of the screen; recognised by its error codes (ngrok.com/docs/errors); pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from webhook_tui.domain.errors import ExitCode, Problem
from webhook_tui.tunnels.base import short

_CODE = re.compile(r"ERR_NGROK_(\d{1,6})")
_NO_NETWORK = re.compile(r"no such host|network is unreachable|server misbehaving|name resolution", re.IGNORECASE)
_ITS_WORDS = "ngrok's own words: webhook-tui paths, tunnel.log."
_TRY = "Retrying in {again}"


def _problem(what: str, next_: str, *, is_transient: bool = True, screen_hint: str | None = None) -> Problem:
    return Problem(what, next_, ExitCode.TUNNEL, is_transient=is_transient, screen_hint=screen_hint)


_UNKNOWN_TOKEN = "Copy it again: dashboard.ngrok.com/get-started/your-authtoken."  # noqa: S105 -- a sentence

_BY_CODE = {
    "4018": _problem(
        "ngrok needs an account's authtoken (ERR_NGROK_4018).",
        "Set NGROK_AUTHTOKEN: dashboard.ngrok.com/get-started/your-authtoken.",
        is_transient=False,
    ),
    "105": _problem("ngrok does not know this authtoken (ERR_NGROK_105).", _UNKNOWN_TOKEN, is_transient=False),
    "107": _problem("ngrok does not know this authtoken (ERR_NGROK_107).", _UNKNOWN_TOKEN, is_transient=False),
    "108": _problem(
        "ngrok allows no further agent on this account (ERR_NGROK_108).",
        "Stop the other: dashboard.ngrok.com/agents; or leave out --tunnel ngrok.",
    ),
    "334": _problem(
        "This ngrok address is in use already (ERR_NGROK_334).",
        f"Stop the other tunnel with that name. {_TRY}.",
        screen_hint="Stop the other tunnel with that name, then u.",
    ),
    "3200": _problem(
        "This ngrok address is offline (ERR_NGROK_3200).", f"{_TRY}.", screen_hint=f"{_TRY}; u tries now."
    ),
    "8012": _problem(
        "ngrok does not reach the receiver on this machine (ERR_NGROK_8012).",
        f"{_TRY}.",
        screen_hint=f"{_TRY}; u tries now.",
    ),
}
"""108 and 334 mend themselves when it was our own former agent that ngrok has not given up yet."""


def of_words(words: Iterable[str]) -> Problem | None:
    """The problem that the first of `words` with a code or a known reason names."""
    for text in words:
        code = _CODE.search(text)
        if code is not None:
            return _BY_CODE.get(code[1]) or _problem(f"ngrok refused the tunnel ({code[0]}).", f"{_TRY}; {_ITS_WORDS}")
        if _NO_NETWORK.search(text):
            return _problem(
                "ngrok's servers were not found: no network or no DNS.",
                "Check the connection; retrying in {again}.",
            )
    return None


def missing() -> Problem:
    """There is no agent, and none is downloaded."""
    return _problem(
        "There is no ngrok on this machine.",
        "Install it from ngrok.com/download, or leave out --tunnel ngrok.",
        is_transient=False,
    )


def late(seconds: float, *, silent: bool) -> Problem:
    """No URL within the deadline."""
    what = f"ngrok said nothing for {seconds:g} s." if silent else f"ngrok opened no tunnel within {seconds:g} s."
    return _problem(what, f"{_TRY}; {_ITS_WORDS}", screen_hint=f"u tries again; {_ITS_WORDS}")


def not_started(reason: str) -> Problem:
    """It ended, or said something else than a URL."""
    what = f"ngrok did not start: {short(reason, 54).rstrip('.')}." if reason else "ngrok ended at once."
    return _problem(what, f"{_TRY}; {_ITS_WORDS}")


def reconnecting(reason: str) -> Problem:
    """The agent lost its session, and is about to find another."""
    return _problem(
        f"ngrok lost its session: {short(reason, 51).rstrip('.')}." if reason else "ngrok lost its session.",
        "It connects again by itself. PiktID retries what it cannot deliver.",
    )
