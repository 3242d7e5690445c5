"""What is kept on disk: every delivery before it is answered, the secrets, the registrations. Only here is SQLite."""

from webhook_tui.store.accounts import AccountStore, Registration
from webhook_tui.store.deliveries import DeliveryStore
from webhook_tui.store.rows import open_history
from webhook_tui.store.search import find_in_history

__all__ = ["AccountStore", "DeliveryStore", "Registration", "find_in_history", "open_history"]
