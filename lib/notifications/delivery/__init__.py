"""Delivery: when and through which channel a message is sent, with the outbox, schedules and bundling."""
