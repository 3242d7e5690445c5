"""The parts of the main screen that are made of several widgets."""
