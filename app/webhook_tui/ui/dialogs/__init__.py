"""Modal dialogs: each asks one question or shows one sheet, and has a safe answer."""
