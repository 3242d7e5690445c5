"""Loads images in a child process: downloads, decodes, and returns a small thumbnail."""
