"""Texts about one delivery."""
