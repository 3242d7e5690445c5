"""Commands that receive deliveries, and the sandbox that sends them."""
