"""Deliveries in the forms of other tools: pure functions, byte-exact, safe to paste, given what is redacted."""

from webhook_tui.export.destination import Destination
from webhook_tui.export.format import Format
from webhook_tui.export.formats import FORMATS
from webhook_tui.export.json_lines import as_line, delivery_record
from webhook_tui.export.redaction import REDACTED, redacted, redaction

__all__ = ["FORMATS", "REDACTED", "Destination", "Format", "as_line", "delivery_record", "redacted", "redaction"]
