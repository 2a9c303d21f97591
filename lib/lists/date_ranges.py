"""Date ranges as people write them in a search, read in their own time zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lib.core import clock, time_zones

EXAMPLES = (
    "a day such as 2026-01-31, >2026-01-31, 2026-01, today, yesterday or 2026-01-01..2026-01-31, "
    "or 7d for the last 7 days"
)
FUTURE_EXAMPLES = EXAMPLES.replace("yesterday", "tomorrow").replace("the last", "the next")

_DAY_OFFSETS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_DAYS_PATTERN = re.compile(r"([0-9]{1,6})[dD]")
_DATE_PATTERN = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")

TimeRange = tuple[datetime | None, datetime | None]
"""Start (included) and end (not included), in UTC. None for no bound."""


def parse(value: str, *, timezone: str | None) -> TimeRange | None:
    """Return the time range of a day, month, year, time or comparison in the named time zone, or None if it isn't one.

    `>2026-01-31` starts when that day is over, `<=2026-01-31` ends then, and `7d` starts 7 days ago.
    """
    zone = time_zones.find(timezone)
    first, dots, last = value.partition("..")
    try:
        if dots:
            begin, end = _parse_bounds(first, zone), _parse_bounds(last, zone)
            return (begin[0], end[1]) if begin[0] < end[1] else None
        bare = value.lstrip("<>=")
        side = value[: len(value) - len(bare)]
        start, over = _parse_bounds(bare, zone)
        if _DAYS_PATTERN.fullmatch(bare):
            return (start, None) if not side else None
        if start == over and not side:
            return None
    except (ValueError, OverflowError):
        return None
    sides: dict[str, TimeRange] = {
        "": (start, over),
        ">": (over, None),
        ">=": (start, None),
        "<": (None, start),
        "<=": (None, over),
    }
    return sides.get(side)


def parse_ahead(value: str, *, timezone: str | None) -> tuple[date | None, date | None] | None:
    """Like `parse`, but return days: start (included) and end (not included). `7d` is today and the next 7 days."""
    zone = time_zones.find(timezone)
    try:
        if within := _DAYS_PATTERN.fullmatch(value):
            today = clock.now().astimezone(zone).date()
            return today, today + timedelta(days=int(within[1]) + 1)
        found = parse(value, timezone=timezone)
        return found and (_to_date(found[0], zone), _to_date(found[1], zone))
    except OverflowError:
        return None


def _to_date(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None


def _start_of_day(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _parse_bounds(value: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    at = _parse_time(value.strip(), zone)
    if at is not None:
        return at, at
    first, over = _parse_days(value.strip().lower(), clock.now().astimezone(zone).date())
    return _start_of_day(first, zone), _start_of_day(over, zone)


def _parse_time(value: str, zone: ZoneInfo) -> datetime | None:
    if ago := _DAYS_PATTERN.fullmatch(value):
        return clock.now() - timedelta(days=int(ago[1]))
    if "T" not in value[:11]:
        return None
    at = datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _parse_days(value: str, today: date) -> tuple[date, date]:
    if value in _DAY_OFFSETS:
        day = today + timedelta(days=_DAY_OFFSETS[value])
        return day, day + timedelta(days=1)
    found = _DATE_PATTERN.fullmatch(value)
    if found is None:
        raise ValueError(value)
    year, month, day = (int(part) if part else None for part in found.groups())
    first = date(year or 0, month or 1, day or 1)
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, date(first.year + month // 12, month % 12 + 1, 1)
    return first, date(first.year + 1, 1, 1)
