"""Opens a public URL for the receiver: one driver for each kind of tunnel, and a supervisor."""
