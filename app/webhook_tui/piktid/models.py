"""The answers of /webhooks, read tolerantly: a field of another type than documented is kept or left out, never fatal.

Documented by docs.piktid.com (PUT /webhooks); the types of the two `last_response_*` fields are not.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from webhook_tui.domain.payload.json_decoder import is_too_deep
from webhook_tui.domain.signature.secret import Secret


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """The one webhook of an account, as PiktID describes it."""

    id: int | str | None = None
    url: str | None = None
    secret: Secret | None = None
    """Only in the answer to PUT."""
    is_active: bool | None = None
    created_at: str | None = None
    updated_at: str | None = None
    last_response_status: int | str | None = None
    """What PiktID saw at the last delivery."""
    last_response_at: str | None = None


class NoWebhook(Struct, frozen=True):
    """PiktID says that the account has none."""


class CannotTell(Struct, frozen=True):
    """PiktID does not say whether the account has one."""


def read_object(body: bytes) -> dict[str, object] | None:
    """A JSON object, or None when the bytes are anything else."""
    if is_too_deep(body):
        return None
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if isinstance(value, dict) else None


def webhook_from(fields: dict[str, object]) -> Webhook:
    """The webhook in a decoded answer; whatever is missing or of an unusable type is None."""
    secret = _text(fields.get("secret"))
    is_active = fields.get("is_active")
    return Webhook(
        id=_scalar(fields.get("id")),
        url=_text(fields.get("url")),
        secret=Secret(secret) if secret else None,
        is_active=is_active if isinstance(is_active, bool) else None,
        created_at=_moment(fields.get("created_at")),
        updated_at=_moment(fields.get("updated_at")),
        last_response_status=_scalar(fields.get("last_response_status")),
        last_response_at=_moment(fields.get("last_response_at")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _scalar(value: object) -> int | str | None:
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    return None if value is None or isinstance(value, bool) else str(value)


def _moment(value: object) -> str | None:
    """A time as text: documented as a string, survived as a number."""
    return None if value is None or isinstance(value, bool) else str(value)
