"""Texts about the session's status."""
