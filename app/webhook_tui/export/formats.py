"""The export formats: what one is, those of the registry in the order of menus, and the plainest of them, bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.export.destination import Destination, carried
from webhook_tui.export.har import write_har
from webhook_tui.export.html import write_html
from webhook_tui.export.json_lines import write_jsonl
from webhook_tui.export.python_source import write_pytest, write_python
from webhook_tui.export.scenario import write_scenario_file
from webhook_tui.export.shell import write_curl, write_httpie
from webhook_tui.export.table import write_csv

Write: TypeAlias = Callable[[Iterable[StoredDelivery], Destination], Iterator[bytes]]
"""Deliveries that are redacted already, and where snippets send them, to the parts of one file."""


class Format(Struct, frozen=True):
    """One way to write deliveries; the same deliveries always give the same bytes."""

    name: str
    title: str
    """For a menu."""
    ending: str
    """Of a file's name, with its dot."""
    write: Write
    joins: bool = True
    """Whether several deliveries can stand in one file."""
    harmless: bool = True
    """Whether what it writes may reach a terminal: no control characters, whatever was received."""
    prefix: str = ""
    """Before a file's name, where the program that reads it wants one."""
    is_explained: bool = False
    """Whether it shows the explanation of each delivery, where the caller provides it."""
    encoding: str = "utf-8"
    """Of the file, where it is text; `utf-8-sig`: with a byte order mark, which is no part of the text."""

    def one(self, stored: StoredDelivery, destination: Destination) -> bytes:
        """The whole file of one delivery."""
        return b"".join(self.write((stored,), destination))

    def file_name(self, seq: int) -> str:
        """A name for the file of delivery `seq`, made of our own number and of nothing that was received."""
        return self._named(f"delivery-{seq}")

    def joint_file_name(self) -> str:
        """A name for the file of several deliveries."""
        return self._named("deliveries")

    def _named(self, stem: str) -> str:
        return f"{self.prefix}{stem.replace('-', '_') if self.prefix else stem}{self.ending}"


_FRAMING = frozenset({b"transfer-encoding", b"trailer"})


def write_payload(deliveries: Iterable[StoredDelivery], _destination: Destination) -> Iterator[bytes]:
    """The body, byte for byte."""
    for stored in deliveries:
        yield stored.delivery.body


def write_raw(deliveries: Iterable[StoredDelivery], _destination: Destination) -> Iterator[bytes]:
    """Requests one after the other; a chunked body gets a Content-Length instead."""
    for stored in deliveries:
        delivery = stored.delivery
        length = str(len(delivery.body)).encode("ascii")
        lines = [f"{delivery.method} {delivery.target} HTTP/{delivery.http_version}".encode("latin-1")]
        has_length = False
        for name, value in carried(delivery.headers):
            if name.lower() == b"content-length":
                if not has_length:
                    lines.append(name + b": " + length)
                has_length = True
            elif name.lower() not in _FRAMING:
                lines.append(name + b": " + value)
        if not has_length:
            lines.append(b"Content-Length: " + length)
        yield b"\r\n".join((*lines, b"", delivery.body))


_ALL = (
    Format("payload", "Payload", ".json", write_payload, joins=False, harmless=False),
    Format("curl", "curl command", ".sh", write_curl),
    Format("httpie", "HTTPie command", ".sh", write_httpie),
    Format("python", "Python script (httpx)", ".py", write_python, prefix="send_"),
    Format("pytest", "pytest test", ".py", write_pytest, prefix="test_"),
    Format("har", "HTTP archive (HAR)", ".har", write_har),
    Format("jsonl", "JSON lines", ".jsonl", write_jsonl),
    Format("raw", "HTTP request, raw", ".http", write_raw, harmless=False),
    Format("csv", "Table (CSV)", ".csv", write_csv, encoding="utf-8-sig"),
    Format("html", "Page for a browser (HTML)", ".html", write_html, is_explained=True),
    Format("scenario", "Scenario for the sandbox", ".json", write_scenario_file, prefix="scenario_"),
)

FORMATS: Mapping[str, Format] = {form.name: form for form in _ALL}
"""By name, as `export --format` takes it, in the order of menus."""
