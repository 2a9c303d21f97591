"""Who is notified of what, where and when: planned with each change, sent by the worker."""
