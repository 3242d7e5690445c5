"""Commands with a signing secret, and about the secrets that are stored."""
