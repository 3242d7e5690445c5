"""How bytes leave the program towards a fixed host: one hardened sender, and names for what can go wrong with it."""

from webhook_tui.outbound.failure import Failure, failure_of
from webhook_tui.outbound.sender import OutboundSender, Reply, SendError

__all__ = ["Failure", "OutboundSender", "Reply", "SendError", "failure_of"]
