"""Counts, latencies and the history of tunnel and registration."""
