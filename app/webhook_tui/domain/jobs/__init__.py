"""The jobs that events belong to."""
