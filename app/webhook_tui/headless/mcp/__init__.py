"""The history and the running session as tools for coding agents: Model Context Protocol over standard streams."""
