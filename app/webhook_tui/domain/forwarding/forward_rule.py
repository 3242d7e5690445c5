"""Which deliveries are forwarded where, and with which headers: `--forward-to FILTER=URL`, `--forward-header`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import EVENT_HEADER, HOP_BY_HOP, SIGNATURE_HEADER, Headers, sendable
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.url import UrlError, normalized_url

if TYPE_CHECKING:
    from webhook_tui.domain.filtering.evaluate import Departures

_NO_NAMES: Mapping[str, str] = {}
_NOT_OURS = HOP_BY_HOP | {b"host", b"content-length", b"expect", SIGNATURE_HEADER, EVENT_HEADER}
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


class ForwardRule(Struct, frozen=True):
    """Deliveries that pass a filter are forwarded to a URL."""

    url: str
    filter_text: str = ""
    """Empty: every delivery passes."""

    @classmethod
    def parse(cls, text: str, named: Mapping[str, str] = _NO_NAMES) -> ForwardRule:
        """Parse `URL` or `FILTER=URL`. Raises FilterError and UrlError.

        `named`: what `@name` stands for; the rule holds that in place of the name.
        """
        before, separator, url = _split(text)
        if not separator:
            return cls(normalized_url(before))
        from webhook_tui.domain.filtering.filter import expanded  # noqa: PLC0415 -- most runs have no filter

        return cls(normalized_url(url), expanded(before, named))


class ForwardHeader(Struct, frozen=True):
    """A header of the user's own that is added to what is forwarded; its value may be a credential."""

    name: str
    value: Secret

    @classmethod
    def parse(cls, text: str) -> ForwardHeader:
        """Parse `NAME: VALUE` (RFC 9110, section 5).

        Raises ValueError for another form, and for a header that the delivery or the connection sets.
        """
        name, separator, value = text.partition(":")
        value = value.strip()
        if not (separator and text.isascii() and sendable([(name.encode("ascii"), value.encode("ascii"))])):
            raise ValueError('it takes "NAME: VALUE", in ASCII')
        if name.lower().encode("ascii") in _NOT_OURS:
            raise ValueError(f"{name} is set by the delivery or the connection and cannot be replaced")
        return cls(name, Secret(value))


def with_own_headers(headers: Headers, own: tuple[ForwardHeader, ...]) -> Headers:
    """Return the headers with those of the user, which replace others of the same name."""
    names = {one.name.lower().encode("ascii") for one in own}
    kept = tuple(pair for pair in headers if pair[0].lower() not in names)
    return (*kept, *((one.name.encode("ascii"), one.value.reveal().encode("ascii")) for one in own))


def _split(text: str) -> tuple[str, str, str]:
    """Before the `=` in front of the URL, which may hold more of them, as the filter may."""
    if _SCHEME.match(text):
        return text, "", ""
    if (found := re.search(r"=(?=https?://)", text, re.IGNORECASE)) is not None:
        before, after = text[: found.start()], text[found.end() :]
        return (f"http://{text}", "", "") if _has_query(before) else (before, "=", after)
    head, _, query = text.partition("?")
    before, separator, url = head.rpartition("=")
    return (before, separator, f"{url}?{query}" if query else url) if separator else (text, "", "")


def _has_query(text: str) -> bool:
    """Whether it is a URL on this machine without a scheme, up to some point of its query."""
    try:
        return "?" in text and bool(normalized_url(text))
    except UrlError:
        return False


class ForwardFilter:
    """Finds the URL that a delivery is forwarded to: that of the first rule which it passes."""

    def __init__(self, rules: tuple[ForwardRule, ...]) -> None:
        self._rules = [(_passes(rule.filter_text), rule.url) for rule in rules]

    def url_for(self, stored: StoredDelivery, now: datetime, departures: Departures = lambda _: ()) -> str | None:
        """Return the URL; None: the delivery passes no rule. `departures`: for `departs:`."""
        return next((url for passes, url in self._rules if passes(stored, now, departures=departures)), None)


def _passes(filter_text: str) -> Callable[..., bool]:
    """Parse a filter. Raises FilterError."""
    from webhook_tui.domain.filtering.evaluate import matches  # noqa: PLC0415 -- slow to import
    from webhook_tui.domain.filtering.filter import Filter  # noqa: PLC0415 -- slow to import

    return partial(matches, Filter.parse(filter_text).expression)
