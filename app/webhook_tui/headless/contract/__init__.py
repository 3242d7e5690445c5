"""What `contract` and `contract check` print."""
