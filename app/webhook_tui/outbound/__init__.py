"""How bytes leave the program towards a fixed host: one hardened sender, and names for what can go wrong with it."""

from webhook_tui.domain.failure import Failure
from webhook_tui.outbound.failure import failure_of, was_sent
from webhook_tui.outbound.sender import (
    OutboundSender,
    Pieces,
    Reply,
    SendError,
    is_base_url,
    is_loopback,
    read_capped,
)
from webhook_tui.outbound.tls import tls_problems, verifying_context

__all__ = [
    "Failure",
    "OutboundSender",
    "Pieces",
    "Reply",
    "SendError",
    "failure_of",
    "is_base_url",
    "is_loopback",
    "read_capped",
    "tls_problems",
    "verifying_context",
    "was_sent",
]
