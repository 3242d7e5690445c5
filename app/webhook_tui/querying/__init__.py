"""JMESPath queries of payloads, made in a process of their own that can be ended: no payload and no expression can
keep the screen waiting, nor take all the memory there is.
"""

from webhook_tui.querying.host import QueryHost

__all__ = ["QueryHost"]
