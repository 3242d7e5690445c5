"""An embedded PiktID: its webhook and notification endpoints, deliveries that are really sent, and misbehaviour."""

from webhook_tui.sandbox.asgi import application
from webhook_tui.sandbox.options import Misbehaviour, SandboxOptions
from webhook_tui.sandbox.sender import Attempt
from webhook_tui.sandbox.service import Sandbox

__all__ = ["Attempt", "Misbehaviour", "Sandbox", "SandboxOptions", "application"]
