"""What is on the screen, and what a mouse does: the two things that Textual offers under private names only."""

from __future__ import annotations

import re
from typing import Any

from textual.app import App
from textual.events import MouseEvent
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tests.ui.settling import frames

HOSTILE = "[/][@click=app.quit]x\x1b]2;PWNED\x07\u202e\u200b\x9b31m"
"""Received text that would be markup, and would act on a terminal."""
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Characters that may not reach a terminal."""


def strips(app: App[Any]) -> list[Strip]:
    """Return the lines of the screen as coloured pieces, a dialog over it included."""
    frames.finish(app.screen)
    return app.screen._compositor.render_strips()


def lines(app: App[Any]) -> list[str]:
    """Return the lines of the screen as text."""
    return [strip.text for strip in strips(app)]


async def wheel(pilot: Pilot[Any], event: type[MouseEvent], widget: type[Widget], offset: tuple[int, int]) -> None:
    """Turn the wheel over a widget."""
    await pilot._post_mouse_events([event], widget, offset)
