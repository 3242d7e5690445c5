"""The session: the only place where receiver, tunnel, API, store and event stream meet; it owns the I/O loop."""

from webhook_tui.session.listen import ListenSession, Paces

__all__ = ["ListenSession", "Paces"]
