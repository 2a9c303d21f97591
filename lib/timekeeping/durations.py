"""Parsing and formatting of durations: "90", "1h 30m", "1:30", "90m" and "1.5h" are all the same."""

import re

from lib.core.errors import Invalid

MINUTES_PER_DAY = 24 * 60
"""Minutes in a day, the most that anybody can log for one."""
EXAMPLES = "90, 1h 30m, 1:30, 90m or 1.5h"

_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_HOURS = re.compile(r"([0-9]{0,5})[.,]([0-9]{1,4}) ?h(?:ours?|rs?)?")
_UNITS = re.compile(r"(?:([0-9]{1,5}) ?h(?:ours?|rs?)? ?)?(?:([0-9]{1,6}) ?(?:m(?:in(?:utes?)?)?)?)?")


def parse(written: str, *, field: str = "time") -> int:
    """Return a typed duration in whole minutes, from 1 to 1440. A number without a unit means minutes.

    Raises Invalid naming `field`.
    """
    minutes = _parse_minutes(" ".join(written.lower().split()))
    if minutes is None:
        raise Invalid(f"Enter a time such as {EXAMPLES}.", fields={field: f"For example {EXAMPLES}."})
    return validate_minutes(minutes, field=field)


def parse_estimate(written: str) -> int:
    """Return a typed estimate in whole minutes. It may exceed a day, such as "120h". Raises Invalid."""
    minutes = _parse_minutes(" ".join(written.lower().split()))
    if minutes is None:
        raise Invalid(f"Enter a time such as {EXAMPLES}.", fields={"estimate": f"For example {EXAMPLES}."})
    return minutes


def validate_minutes(minutes: int, *, field: str = "time") -> int:
    """Return `minutes` if they fit into a day. Raises Invalid naming `field`."""
    if not 1 <= minutes <= MINUTES_PER_DAY:
        raise Invalid("Log between 1 minute and 24 hours.", fields={field: "From 1 minute to 24 hours."})
    return minutes


def _parse_minutes(written: str) -> int | None:
    if found := _CLOCK.fullmatch(written):
        return int(found[1]) * 60 + int(found[2])
    if found := _HOURS.fullmatch(written):
        part = found[2]
        return int(found[1] or 0) * 60 + (int(part) * 60 * 2 + 10 ** len(part)) // (2 * 10 ** len(part))
    found = _UNITS.fullmatch(written)
    if found is None or (found[1] is None and found[2] is None):
        return None
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def round_seconds(seconds: int, *, step: int, least: int) -> int:
    """Return seconds in minutes: rounded to the nearest `step`, halves up, at least `least` and at most a day."""
    nearest = (seconds + step * 30) // (step * 60) * step
    return min(max(nearest, least, 1), MINUTES_PER_DAY)


def format_minutes(minutes: int) -> str:
    """Return minutes in words: "1 h 30 min", "2 h", "5 min", "0 min"."""
    hours, rest = divmod(minutes, 60)
    parts = ([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest or not hours else [])
    return " ".join(parts)
