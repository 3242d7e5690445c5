"""A child process under a watchdog: it ends when this program does, and its output is read and logged."""
