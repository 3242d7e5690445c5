"""The terminal around the screen: driver, signals, clipboard, browser."""
