"""Deliveries as bytes: the body alone, or the whole HTTP request as it stood on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.export.destination import Destination, carried

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
