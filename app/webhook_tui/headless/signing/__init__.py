"""Work with a signing secret: verify, check a handler, send an event, list the stored secrets."""
