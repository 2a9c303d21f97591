"""What happened: the event stream, the audit log, the change feed and idempotency keys."""
