"""Which deliveries are forwarded where: `--forward-to FILTER=URL`."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.filtering.evaluate import Departures, matches
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.url import normalized_url

_SCHEME = re.compile(r"https?://", re.IGNORECASE)


class ForwardRule(Struct, frozen=True):
    """Deliveries that pass a filter are forwarded to a URL."""

    url: str
    filter_text: str = ""
    """Empty: every delivery passes."""

    @classmethod
    def parse(cls, text: str) -> ForwardRule:
        """Parse `URL` or `FILTER=URL`. Raises FilterError and UrlError."""
        before, separator, url = _split(text)
        if not separator:
            return cls(normalized_url(text))
        return cls(normalized_url(url), Filter.parse(before).text)


def _split(text: str) -> tuple[str, str, str]:
    """Before the `=` in front of the URL, which may hold more of them, as the filter may."""
    if _SCHEME.match(text):
        return text, "", ""
    if (found := re.search(r"=(?=https?://)", text, re.IGNORECASE)) is not None:
        return text[: found.start()], "=", text[found.end() :]
    head, _, query = text.partition("?")
    before, separator, url = head.rpartition("=")
    return before, separator, f"{url}?{query}" if query else url


class ForwardFilter:
    """Finds the URL that a delivery is forwarded to: that of the first rule which it passes."""

    def __init__(self, rules: tuple[ForwardRule, ...]) -> None:
        self._rules = [(Filter.parse(rule.filter_text).expression, rule.url) for rule in rules]

    def url_for(self, stored: StoredDelivery, now: datetime, departures: Departures = lambda _: ()) -> str | None:
        """Return the URL; None: the delivery passes no rule. `departures`: for `departs:`."""
        found = (url for expression, url in self._rules if matches(expression, stored, now, departures=departures))
        return next(found, None)

    def __bool__(self) -> bool:
        return bool(self._rules)
