"""Verifying signatures: the secret ring, verifying again when it changes, and why a signature fails."""
