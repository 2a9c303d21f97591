"""Notifications: who is notified of what, where and when. Planned with each change, sent by the worker."""
