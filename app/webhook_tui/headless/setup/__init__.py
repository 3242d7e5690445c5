"""What is set up on this machine: status, settings, and what is missing."""
