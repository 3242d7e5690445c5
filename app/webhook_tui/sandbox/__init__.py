"""An embedded PiktID for tests and for use without an account: its endpoints, real deliveries, and faults."""
