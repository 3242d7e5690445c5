"""Recorded deliveries that the sandbox can play again."""
