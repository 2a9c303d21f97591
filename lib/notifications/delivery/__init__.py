"""When and through which channel a message is sent: the outbox, schedules and bundling."""
