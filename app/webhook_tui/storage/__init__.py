"""What is kept on disk: deliveries, secrets and registrations. The only package that imports sqlite3."""
