"""The session in a process of its own: the channel between the two processes, and both ends of it."""
