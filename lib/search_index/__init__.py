"""The full-text index of tickets and comments, on SQLite and PostgreSQL."""
