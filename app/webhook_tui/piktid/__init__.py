"""PiktID's HTTP API as a client sees it; every error leaves this package as a ProblemError."""
