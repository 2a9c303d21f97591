"""What happened: the event stream, and who may read it."""
