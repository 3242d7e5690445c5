"""webhook-tui: see PiktID's webhooks arrive, verified."""

from __future__ import annotations

__version__ = "0.1.0"
