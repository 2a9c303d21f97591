"""What every request passes on its way in and out: the guard, and the headers that keep browsers strict."""

from web.guard import Guard
from web.headers import Headers
from web.lines import gather
from web.live import Live

__all__ = ["Guard", "Headers", "Live", "gather"]
