"""Modal dialogs: each asks one question or shows one page, and has a safe answer."""
