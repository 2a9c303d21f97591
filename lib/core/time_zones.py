"""Time zones by their IANA names, such as Europe/Berlin."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from lib.core.errors import Invalid

UTC = "UTC"
UNKNOWN_MESSAGE = "There is no such time zone. Use a name such as Europe/Berlin."
_NOWHERE = frozenset({"Factory", "localtime"})
"""Names that are not a place, or depend on the server."""
_REGIONS = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones() - _NOWHERE)


def list_choices(*also: str | None) -> list[str]:
    """Return the sorted names to choose from: UTC, places, and those of `also` that are time zones."""
    wanted = {name for name in also if name and name in names()}
    return [UTC, *sorted({name for name in names() if name.startswith(_REGIONS)} | wanted - {UTC})]


def find(name: str | None, *, default: str = UTC) -> ZoneInfo:
    """Return the time zone with a name, or the default for no name or an unknown one."""
    try:
        return ZoneInfo(name or default)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(default)


def parse(name: str) -> ZoneInfo:
    """Return the time zone with a name. Raises Invalid for an unknown name."""
    if name not in names():
        raise Invalid(UNKNOWN_MESSAGE)
    return ZoneInfo(name)
