"""The record of what happened: events, the audit log, the change feed and idempotency keys."""
