"""The receiver: one request in, one answer out; an acknowledged delivery is one that was recorded."""

from webhook_tui.receiver.asgi import Receiver

__all__ = ["Receiver"]
