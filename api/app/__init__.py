"""The API as an application: its routes, its reference, and the routes that stand outside of /api/v1."""
