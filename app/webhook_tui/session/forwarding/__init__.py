"""Forwarding deliveries to the local app, replaying stored ones, and sending simulated events."""
