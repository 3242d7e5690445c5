"""The main job without a screen: lines for people, or NDJSON on standard output with notes on standard error."""

from webhook_tui.headless.following import GIVE_UP_SECONDS, Headless, listen
from webhook_tui.headless.lines import LineWriter, TextLine, json_line

__all__ = ["GIVE_UP_SECONDS", "Headless", "LineWriter", "TextLine", "json_line", "listen"]
