"""Reads payloads into contracts, in the order of their numbers, and keeps what was read beside the history."""
