"""The attempts of one event: their timeline and the back-off fitted to it."""
