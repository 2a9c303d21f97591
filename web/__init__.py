"""What every request passes on its way in and out: the guard, and the headers that keep browsers strict."""

from web.guard import Guard
from web.headers import Headers

__all__ = ["Guard", "Headers"]
