"""Reads JSON payloads: paths, links, notes, queries."""
