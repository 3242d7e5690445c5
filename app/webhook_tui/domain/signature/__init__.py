"""PiktID's signature scheme: verification, verdicts, the secret ring."""
