"""Searches the history by a filter, in a thread that publishes what it finds."""
