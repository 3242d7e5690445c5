"""The session without a front end: receives commands and queries, publishes events."""
