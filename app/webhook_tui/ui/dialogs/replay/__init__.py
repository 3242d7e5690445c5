"""Dialogs that send deliveries."""
