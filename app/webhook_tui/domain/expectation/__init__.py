"""What a test waits for: deliveries that must come, and deliveries that must not."""
