"""What every request passes on its way in and out: the guard, and the headers that keep browsers strict."""

from web.live_updates import Live
from web.log_capture import gather
from web.request_guard import Guard
from web.security_headers import Headers

__all__ = ["Guard", "Headers", "Live", "gather"]
