"""One way in which a signature differs from the documented one, in words; several together make one cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webhook_tui.domain.diagnostics.report import Cause

LONGEST_HEADLINE = 60
LONGEST_SHORT = 34
LONGEST_PHRASE = LONGEST_SHORT - len("Fits .")

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True, slots=True)
class Difference:
    """What was done otherwise than documented. None of its texts ever holds a secret."""

    code: str
    """A stable word for scripts."""
    headline: str
    """At most 60 characters, `It fits ...`."""
    phrase: str
    """What follows `Fits` in the short sentence, at most 28 characters."""
    only: str
    """What follows `fits only` in the ring's line."""
    why: str
    change: str
    short: str = ""
    """The whole short sentence, where it is not `Fits {phrase}.`"""


def fitting(code: str, what: str, phrase: str, *, why: str, change: str, only: str = "") -> Difference:
    """A difference whose headline is `It fits {what}.`"""
    return Difference(code, f"It fits {what}.", phrase, only or phrase, why, change)


def cause_of(differences: Sequence[Difference]) -> Cause:
    """The cause that all these differences make together; `differences` is not empty."""
    if len(differences) == 1:
        only = differences[0]
        return Cause(only.code, only.headline, only.short or f"Fits {only.phrase}.", only.why, only.change)
    number = _NUMBERS.get(len(differences), str(len(differences)))
    headline = f"It fits {differences[0].phrase} and {differences[1].phrase}."
    if len(differences) > 2 or len(headline) > LONGEST_HEADLINE:
        headline = f"It fits with {number} differences, all of them below."
    return Cause(
        "+".join(difference.code for difference in differences),
        headline,
        f"Fits with {number} differences.",
        " ".join(difference.why for difference in differences),
        " ".join(dict.fromkeys(difference.change for difference in differences)),
    )


def note_of(differences: Sequence[Difference]) -> str:
    """What the ring's line says of the secret with which the differences fit."""
    if not differences:
        return "fits"
    if len(differences) == 1:
        return f"fits only {differences[0].only}"
    return f"fits only with {_NUMBERS.get(len(differences), str(len(differences)))} differences"
