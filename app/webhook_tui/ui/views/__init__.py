"""Parts of the main screen that consist of several widgets."""
