"""The files of the databases: opened, checked, migrated, locked, and what goes wrong with them."""
