"""What can be done with deliveries: replay, edit, copy, export, compare, query."""
