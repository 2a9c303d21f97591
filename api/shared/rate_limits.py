"""How often and how much: moving windows, in the memory of this process."""

import time
from functools import lru_cache

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from lib.core import settings
from lib.core.errors import TooMany

UPLOAD_UNIT = 64 * 1024
"""Bytes of upload that count as one."""
ADDRESS_BUCKETS = 4096
"""Addresses without a valid sign-in share this many counts, so that many can't fill the memory."""


@lru_cache(maxsize=1)
def _get_limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def count_request(who: str) -> None:
    """Count one request of a session or token; raises TooMany."""
    _count(RateLimitItemPerMinute(settings.current().api_requests_per_minute), who)


def count_anonymous_request(address: str) -> None:
    """Count one request without a valid sign-in; raises TooMany."""
    _count(
        RateLimitItemPerMinute(settings.current().api_requests_per_minute),
        f"address:{hash(address) % ADDRESS_BUCKETS}",
    )


def count_upload(person: int | None, size: int) -> None:
    """Count an upload of `size` bytes; raises TooMany."""
    most = settings.current().upload_megabytes_per_hour * 1024 * 1024 // UPLOAD_UNIT
    _count(RateLimitItemPerHour(most), f"upload:{person}", cost=-(-size // UPLOAD_UNIT))


def is_touch_due(who: str) -> bool:
    """Tell, at most once a minute, that it is time to note that a session or token was used."""
    return _get_limiter().hit(RateLimitItemPerMinute(1), f"touch:{who}")


def reset() -> None:
    """Count anew from nothing."""
    _get_limiter.cache_clear()


def _count(item: RateLimitItem, who: str, *, cost: int = 1) -> None:
    if _get_limiter().hit(item, who, cost=cost):
        return
    reset = _get_limiter().get_window_stats(item, who).reset_time
    seconds = max(1, round(reset - time.time()))
    raise TooMany(f"Too many requests. Try again in {seconds} seconds.", seconds=seconds)
