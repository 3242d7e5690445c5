"""The filter language in parts: reading it, judging one delivery by it, completing it; `domain.filter` is its door."""
