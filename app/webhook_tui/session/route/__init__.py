"""The route from a public URL to the receiver: the tunnel, and whether requests arrive through it."""
