"""Runs JMESPath queries over payloads in a child process that has a deadline and a memory limit."""
