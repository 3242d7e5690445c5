"""Dialogs: each is one question or one sheet, and each has a safe answer."""
