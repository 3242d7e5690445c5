"""The webhook at PiktID: who owns it, registering it, and deleting it on exit."""
