"""Every sentence about an image that cannot be loaded; what comes from a link, a server or the system is sanitised."""

from __future__ import annotations

from pathlib import Path

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import LARGEST_BYTES

_OPEN = "Open the link in a browser."
_OPEN_TRUSTED = "Open the link in a browser if you trust it."
_LATER = "Try again later."
_FRESH_LINK = "The job's newest delivery may have a fresh link."
_LONGEST_ERROR = 60

PROCESS_ENDED = Problem("The image could not be decoded; its process ended.", _OPEN)
"""The child process reported nothing that makes sense."""
NEEDS_MEMORY = Problem("The image needs too much memory.", _OPEN)
"""While it was decoded."""
NOT_HTTPS = Problem("Blocked: the link is not https.", "Open it in a browser if you trust it.")
"""Nor of the one local origin."""


# The download


def not_public(host: str, address: str) -> Problem:
    """A host of the link is in the user's own network."""
    name = visible(host)
    what = f"{name} is" if name == address else f"{name} is {address},"
    return Problem(f"Blocked: {what} an address of your own network.", "Only public addresses are loaded.")


def other_host(host: str, target: str) -> Problem:
    """A redirect leads to another scheme, host or port."""
    return Problem(f"Blocked: {visible(host)} redirects to {visible(target)}.", _OPEN_TRUSTED)


def too_many_redirects(limit: int) -> Problem:
    """Of one host."""
    return Problem(f"Not loaded: more than {limit} redirects.", _OPEN)


def not_found(host: str) -> Problem:
    """No address for the name."""
    return Problem(f"{visible(host)} was not found.", "Check the network, or open the link in a browser.")


def unreachable(host: str, error: Exception) -> Problem:
    """No connection, or one that broke."""
    return Problem(f"{visible(host)} cannot be reached ({visible(str(error))[:_LONGEST_ERROR]}).", _LATER)


def no_answer(host: str, seconds: float) -> Problem:
    """The host was connected to, or accepted no connection, and stayed silent."""
    return Problem(f"{visible(host)} did not answer within {seconds:g} s.", _LATER)


def refused(status: int) -> Problem:
    """The host answered something else than 200."""
    if status in (401, 403):
        return Problem(f"The link has expired or is not public ({status}).", _FRESH_LINK)
    if status in (404, 410):
        return Problem(f"The image is gone ({status}).", _FRESH_LINK)
    return Problem(f"The server answered {status} in place of the image.", _LATER)


def too_large(total: int | None) -> Problem:
    """More bytes than are loaded; `total`: how many, if the server said it."""
    limit = units.size(LARGEST_BYTES)
    found = units.size(total) if total is not None else f"more than {limit}"
    return Problem(f"Not loaded: {found}; the limit is {limit}.", _OPEN)


def late(seconds: float) -> Problem:
    """The whole took longer than its deadline."""
    return Problem(f"The image did not come within {seconds:g} s.", _LATER)


# The image


def not_an_image(content_type: str, size: int) -> Problem:
    """None of the formats that are decoded."""
    return Problem(f"Not an image: the server sent {content_type or 'something else'}, {units.size(size)}.", _OPEN)


def too_many_pixels(limit: int) -> Problem:
    """More than are decoded."""
    return Problem(f"Not decoded: the limit is {limit // 1_000_000} million pixels.", _OPEN)


def undecodable(name: str, error: Exception) -> Problem:
    """The decoder of format `name` gave up."""
    reason = "truncated" if "truncated" in str(error).lower() else "broken"
    return Problem(f"The image cannot be decoded ({reason} {name}).", _OPEN)


# The file


def not_saved(folder: Path, reason: str) -> Problem:
    """It cannot be written; `reason`: of the system."""
    message = f"The image cannot be saved in {visible(str(folder))} ({reason})."
    return Problem(message, "Make the directory writable.")


def too_many_files(folder: Path) -> Problem:
    """Every number behind the name is taken."""
    return Problem(f"{visible(str(folder))} has too many files of that name.", "Move them elsewhere.")
