"""Finds out why a signature fails: candidates for secret, message and encoding, and the causes they name."""
