"""Images that a payload links to: where the links are, which hosts may be fetched from, what loading one returns."""
