"""The command line: one module for each command; each parses its options, then calls."""
