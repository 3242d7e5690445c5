"""Requests as commands and scripts that send a delivery again."""
