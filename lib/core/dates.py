"""Format dates and times for people: "Nov 30, 2026, 4:16 PM", "2 min ago". All screens and emails use this.

`locale` is a language tag such as "en-GB". Docket's texts are in English, so other languages get American dates.
"""

import re
from datetime import date, datetime, tzinfo
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time

from lib.core import clock

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_JUST_NOW = 45
"""The age in seconds up to which a time is shown as "just now"."""
_STORED = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")


@cache
def _known(tag: str | None) -> Locale:
    try:
        return Locale.parse((tag or "").replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "US")


def _locale(tag: str | None) -> Locale:
    known = _known(tag)
    return known if known.language == "en" and known.territory else Locale("en", "US")


def format_day(day: date, locale: str | None = None) -> str:
    """Return a date: "Nov 30, 2026"."""
    return format_date(day, "medium", locale=_locale(locale))


def format_short_day(day: date, locale: str | None = None) -> str:
    """Return a date without its year: "Nov 30"."""
    return format_skeleton("MMMd", day, locale=_locale(locale))


def format_month(day: date, locale: str | None = None) -> str:
    """Return the month of a date: "November 2026"."""
    return format_date(day, "MMMM y", locale=_locale(locale))


def format_moment(at: datetime, zone: tzinfo, locale: str | None = None) -> str:
    """Return a date and time in a time zone: "Nov 30, 2026, 4:16 PM"."""
    local = at.astimezone(zone)
    hour = format_time(local, "short", tzinfo=zone, locale=_locale(locale)).replace("\u202f", " ")
    return f"{format_day(local.date(), locale)}, {hour}"


def format_relative(at: datetime, zone: tzinfo, locale: str | None = None) -> str:
    """Return how long ago something was: "2 min ago", "3 h ago", "yesterday", "3 days ago", then "Nov 17"."""
    now = clock.now()
    seconds = round((now - at).total_seconds())
    if seconds < _JUST_NOW:
        return "just now"
    if seconds < _HOUR:
        return f"{max(1, seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h ago"
    if seconds < 2 * _DAY:
        return "yesterday"
    if seconds < 7 * _DAY:
        return f"{seconds // _DAY} days ago"
    day = at.astimezone(zone).date()
    this_year = day.year == now.astimezone(zone).year
    return format_short_day(day, locale) if this_year else format_day(day, locale)


def format_first_day(stored: str, locale: str | None = None) -> str:
    """Return a stored text with its first ISO date formatted: "2 h on 2026-11-30" becomes "2 h on Nov 30, 2026"."""
    return _STORED.sub(lambda found: _read(found[0], locale), stored, count=1)


def format_every_day(stored: str, locale: str | None = None) -> str:
    """Return a stored text with all its ISO dates formatted."""
    return _STORED.sub(lambda found: _read(found[0], locale), stored)


def _read(written: str, locale: str | None) -> str:
    try:
        return format_day(date.fromisoformat(written), locale)
    except ValueError:
        return written


def input_format(locale: str | None = None) -> str:
    """Return the pattern for typing a date: "MM/DD/YYYY" in the United States, "DD/MM/YYYY" in Germany."""
    pattern = _known(locale).date_formats["short"].pattern
    order = "".join(dict.fromkeys(re.findall("[dMy]", pattern)))
    return "/".join({"d": "DD", "M": "MM", "y": "YYYY"}[letter] for letter in order)
