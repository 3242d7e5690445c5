"""Searches the history by a filter: a plan for SQLite, and a thread that publishes what it finds."""
