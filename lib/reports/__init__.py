"""Numbers about the work, read from tickets and their events."""
