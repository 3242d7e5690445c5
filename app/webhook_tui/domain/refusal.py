"""Requests that were answered with an error and not stored: one that is not to the webhook's path is one kind."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

_LONGEST_REQUEST = 200


class Refusal(Struct, frozen=True):
    """One refused request, or `count` of one status and why the last of them was refused."""

    status: int
    reason: str
    """In our own words, as what stands after a colon: `1.1 GB declared; the limit is 10 MB`."""
    request: str = ""
    """Method and target of the last one where they are the reason (raw: sanitise before showing)."""
    count: int = 1

    @classmethod
    def of_request(cls, status: int, reason: str, method: str, target: str) -> Refusal:
        """Return the refusal of a request whose method or target is the reason."""
        return cls(status, reason, f"{method} {target}"[:_LONGEST_REQUEST])

    @property
    def explanation(self) -> str:
        """The reason and, where it takes it, the request (raw): `not the webhook's path (POST /)`."""
        return f"{self.reason} ({self.request})" if self.request else self.reason

    @property
    def answer(self) -> bytes:
        """The reason as the body of the answer."""
        return f"{self.reason[:1].upper()}{self.reason[1:]}.".encode()

    def sentence(self) -> str:
        """`Refused a request (413): 1.1 GB declared; the limit is 10 MB.` (raw)"""
        what = "a request" if self.count == 1 else f"{self.count:,} requests"
        return f"Refused {what} ({self.status}): {self.explanation}."


def with_refusal(refusals: tuple[Refusal, ...], refusal: Refusal) -> tuple[Refusal, ...]:
    """`refusals`, one for each status, with another one counted; its status stands last."""
    others = tuple(each for each in refusals if each.status != refusal.status)
    before = sum(each.count for each in refusals if each.status == refusal.status)
    return (*others, replace(refusal, count=before + refusal.count))
