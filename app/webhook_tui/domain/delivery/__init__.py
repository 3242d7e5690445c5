"""A delivery and the views of it: event, headers, row, text."""
