"""Real services for tests: databases, Docket itself, a browser."""
