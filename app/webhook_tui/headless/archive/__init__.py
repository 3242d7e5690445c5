"""Stored deliveries to and from files of other tools."""
