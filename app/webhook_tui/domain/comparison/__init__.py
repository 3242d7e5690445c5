"""Compares deliveries with each other, and webhook with event stream."""
