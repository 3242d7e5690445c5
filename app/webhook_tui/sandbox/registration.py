"""The sandbox's one webhook: its URL, the secrets it had, and what the last delivery was answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.units import rfc3339


class Registration(Struct, frozen=True):
    """The webhook as it is now."""

    id: int
    url: str
    secret: Secret
    created_at: datetime
    updated_at: datetime
    last_response_status: int | None = None
    last_response_at: datetime | None = None

    def fields(self, *, with_secret: bool = False) -> dict[str, object]:
        """The documented object; `secret` is null except in the answer to PUT."""
        answered_at = self.last_response_at
        return {
            "id": self.id,
            "url": self.url,
            "secret": self.secret.reveal() if with_secret else None,
            "is_active": True,
            "created_at": rfc3339(self.created_at),
            "updated_at": rfc3339(self.updated_at),
            "last_response_status": self.last_response_status,
            "last_response_at": rfc3339(answered_at) if answered_at else None,
        }


class Registry:
    """At most one registration; PUT creates or replaces it and rotates the secret."""

    def __init__(self, *, now: Callable[[], datetime], new_secret: Callable[[], str], former: Secret | None) -> None:
        self._now = now
        self._new_secret = new_secret
        self._next_id = 41
        self.current: Registration | None = None
        self.former = former
        """The secret before the current one."""

    def put(self, url: str) -> Registration:
        """Register `url` with a new secret; the id stays as long as the webhook is not deleted."""
        now = self._now()
        secret = Secret(self._new_secret())
        if self.current is None:
            self.current = Registration(self._next_id, url, secret, now, now)
            self._next_id += 1
        else:
            self.former = self.current.secret
            self.current = replace(self.current, url=url, secret=secret, updated_at=now)
        return self.current

    def delete(self) -> bool:
        """Remove the webhook; False when there is none."""
        if self.current is None:
            return False
        self.former = self.current.secret
        self.current = None
        return True

    def note_response(self, registration_id: int, status: int | None) -> None:
        """Record the answer to a delivery; None: there was none."""
        if self.current is not None and self.current.id == registration_id:
            self.current = replace(self.current, last_response_status=status, last_response_at=self._now())
