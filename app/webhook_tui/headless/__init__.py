"""The front end without a screen: text lines or NDJSON on standard output, notes on standard error."""
