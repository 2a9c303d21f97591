"""Background work: periodic tasks and message delivery, shared by all processes that use one database."""

from worker.scheduler import start, stop

__all__ = ["start", "stop"]
