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
