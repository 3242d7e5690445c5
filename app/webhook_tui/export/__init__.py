"""Deliveries in the formats of other tools: pure functions, byte-exact, redacted before they are called."""
