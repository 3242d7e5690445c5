"""Outcomes of forwards and replays."""
