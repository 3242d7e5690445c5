"""Widgets that show keys and actions."""
