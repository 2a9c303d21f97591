"""What happens later and by itself: periodic tasks, once for all processes that share a database."""

from worker.scheduler import start, stop

__all__ = ["start", "stop"]
