"""Pure functions from domain values to the text that the screen shows."""
