"""Deliveries as a page: well-formed, self-contained, received text only as text, and all that a reader asks."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from tests.export.odd_deliveries import BODIES, HEADERS, stored
from tests.factories import INVALID, VALID, delivery, row
from webhook_tui.domain.delivery.delivery import Explanation, StoredDelivery
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS

_VOID = {"meta"}


class Page(HTMLParser):
    """Reads a page strictly: every tag is closed by its own end tag."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(content.decode("utf-8"))
        self.close()
        assert self._open == []

    @property
    def text(self) -> str:
        """What a reader sees."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """It closes the innermost open one."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note it."""
        if self._open[-1:] != ["style"]:
            self.words.append(data)


def page(*deliveries: StoredDelivery) -> Page:
    """The page of these deliveries."""
    return Page(b"".join(FORMATS["html"].write(deliveries, Destination())))


HOSTILE = b'{"a": "</pre><script>alert(1)</script><img src=http://127.0.0.1/x onerror=alert(2)>"}\x1b[31m'


@pytest.mark.parametrize("body", [*BODIES.values(), HOSTILE], ids=[*BODIES, "hostile"])
def test_a_page_is_whole_and_loads_nothing(body: bytes) -> None:
    """Whatever was received: no script, no reference outside, no attribute of its own."""
    found = page(*(stored(body, headers=headers) for headers in HEADERS.values()))

    assert set(found.tags) <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "article", "pre", "span"),
        *("table", "tr", "th", "td", "a"),
    }
    assert {name for name, _ in found.attributes} <= {"lang", "charset", "class", "id", "href"}
    assert all(str(value).startswith("#d") for name, value in found.attributes if name == "href")
    assert "\x1b" not in found.text


def test_a_delivery_is_reported_with_its_cause_attempts_and_changes() -> None:
    """Verdict, why, what to change, the other attempts of its event, and what differs from the one before."""
    first = StoredDelivery(row(7, verification=INVALID), delivery(b'{"id": 1, "score": 1}'))
    first = replace(first, explanation=Explanation("A newline was added.", "Send the exact bytes."))
    second = StoredDelivery(row(9, attempt=2, verification=VALID), delivery(b'{"id": 1, "score": "high"}'))
    text = page(first, second).text

    assert "2 webhook deliveries" in text
    assert "#7 ✗ invalid ping" in text
    assert "A newline was added. What to change: Send the exact bytes." in text
    assert "#9 ✓ valid ping" in text
    assert "attempt 2 · answered 200" in text
    assert 'Changed since #7 $.score 1 → "high"' in text
    assert text.count("Attempts of this event") == 2
    assert '"score": "high"' in text


def test_without_an_explanation_the_stored_reason_is_reported() -> None:
    """As for a delivery that is exported from the screen."""
    text = page(StoredDelivery(row(7, verification=INVALID), delivery())).text

    assert INVALID.reason in text
    assert "What to change" not in text
