"""What the screen says, as pure functions: a status, a report or a delivery in, words out; no widget, no clock."""
