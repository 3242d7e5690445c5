"""Commands on the stored deliveries; none needs a token."""
