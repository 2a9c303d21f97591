"""Reports: numbers about tickets and work, read from tickets and their events."""
