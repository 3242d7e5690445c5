"""Whose webhook it is: secrets, registrations and attempts belong to one API and one token."""

from __future__ import annotations

from msgspec import Struct

from webhook_tui.domain.signature.secret import Secret


class Account(Struct, frozen=True):
    """An API's base URL and a fingerprint of the token; the token itself is not in it."""

    api_url: str
    token_fingerprint: str

    @classmethod
    def of(cls, api_url: str, token: Secret | None) -> Account:
        """The account of a token at an API; without a token, the anonymous one of that API."""
        return cls(api_url.rstrip("/"), token.fingerprint() if token else "")

    @property
    def key(self) -> str:
        """One text that names the account in a database."""
        return f"{self.api_url}#{self.token_fingerprint}"
