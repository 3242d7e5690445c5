"""Widgets that show the status."""
