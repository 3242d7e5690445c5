"""What a client may take: bytes, headers, connections and time. The receiver stands on the public internet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps and deadlines for one server; times in seconds, sizes in bytes."""

    head_bytes: int = 32 * 1024
    head_count: int = 100
    head_seconds: float = 5.0
    idle_seconds: int = 15
    connections: int = 256
    linger_bytes: int = 1024 * 1024
    """What is still taken from a client after an answer that came before its request was whole."""
    linger_seconds: float = 2.0
    """How long, at most."""
    unread_seconds: float = 10.0
    """How long an answer may wait for a client that does not read."""
