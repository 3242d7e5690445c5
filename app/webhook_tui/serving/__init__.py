"""How an ASGI function is put on a socket: uvicorn's life cycle, and nothing of it seen outside."""

from webhook_tui.serving.server import Server
from webhook_tui.serving.sockets import bind

__all__ = ["Server", "bind"]
