"""How an ASGI function is put on a socket: uvicorn's life cycle, hardened; nothing of uvicorn is seen outside."""

from webhook_tui.serving.limits import Limits
from webhook_tui.serving.server import Server
from webhook_tui.serving.sockets import bind

__all__ = ["Limits", "Server", "bind"]
