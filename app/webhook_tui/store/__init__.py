"""What is kept on disk: every delivery before it is answered, the secrets, the registrations. Only here is SQLite."""
