"""Dialogs about the registered webhook."""
