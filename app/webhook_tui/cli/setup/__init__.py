"""Commands about the set-up of this machine."""
