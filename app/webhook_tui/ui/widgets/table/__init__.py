"""A virtual table and what it shows: deliveries, or things that fit in memory."""
