"""The lamps that stand before each link of the route."""

from __future__ import annotations

Lamp = tuple[str, str]
"""Glyph and style."""

ON: Lamp = ("●", "$success")
HALF: Lamp = ("◐", "$warning")
BROKEN: Lamp = ("○", "$error")
WAITING: Lamp = ("○", "$muted")
