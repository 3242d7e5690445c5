"""Dialogs about secrets and the token."""
