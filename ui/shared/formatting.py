"""Times and names in words, safe to stand in Streamlit's Markdown."""

import re
from datetime import date, datetime

import streamlit as st

from lib.core import dates, folding, time_zones

_MARKDOWN_CHARACTERS = frozenset(r"\`*_{}[]()#+-.!|~$:<>&@")
_MARKUP_STARTS = re.compile(r"(?i):(?=[\w/+-]+:)|-(?=[->])|<(?=[-=])|[>~](?==)|https?:(?=//)|www(?=\.)")
"""The beginnings of icons, emoji, arrows and addresses."""
_JOINER = "\u2060"


def escape_markdown(text: str) -> str:
    """Return a person's text so that Streamlit's Markdown shows it letter by letter.

    What Streamlit makes of text even when it is escaped is broken up by a sign that has no width.
    """
    return "".join(
        f"\\{c}" if c in _MARKDOWN_CHARACTERS else c for c in _MARKUP_STARTS.sub(rf"\g<0>{_JOINER}", text)
    )


def format_searchable_name(name: str, address: str | None = None) -> str:
    """Return a person's name for a list that is searched by typing: with how it is typed without accents.

    The browser compares letter by letter, so a name with an apostrophe stands there with the other one too.
    """
    typed = folding.fold(name)
    if "\u2019" not in name:
        typed = typed.replace("'", "\u2019")
    shown = f"{name} ({address})" if address else name
    return shown if typed == name.lower() else f"{shown} · {typed}"


def format_relative(at: datetime) -> str:
    """Return how long ago a moment was: "3 min ago"."""
    return dates.format_relative(at, time_zones.find(st.context.timezone), st.context.locale)


def format_timestamp(at: datetime) -> str:
    """Return a moment in the viewer's own time zone: "Nov 23, 2026, 2:05 PM"."""
    return dates.format_moment(at, time_zones.find(st.context.timezone), st.context.locale)


def format_duration_rounded_up(seconds: int) -> str:
    """Return a duration that is not exceeded: `format_duration` rounded up, so a p90 of 64 h 30 min is "2 d 17 h"."""
    whole = -(-seconds // 60) * 60
    return format_duration(whole if whole < 86400 else -(-whole // 3600) * 3600)


def format_duration(seconds: int) -> str:
    """Return a duration in its two largest units: "2 d 4 h", "3 h 5 min", "12 min"."""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not minutes:
        return "< 1 min"
    if not hours:
        return f"{minutes} min"
    large, small = (f"{days} d", hours % 24) if days else (f"{hours} h", minutes % 60)
    unit = "h" if days else "min"
    return f"{large} {small} {unit}" if small else large


def format_date_range(first: date, last: date) -> str:
    """Return days in words: "Dec 1, 2026 to Dec 10, 2026", or one day alone."""
    return format_day(first) if first == last else f"{format_day(first)} to {format_day(last)}"


def format_period(first: date, per: str) -> str:
    """Return the name of the period that begins on a day: "October 2026", "Q4 2026", "week of Oct 5, 2026"."""
    match per:
        case "week":
            return f"week of {format_day(first)}"
        case "month":
            return format_month(first)
        case "quarter":
            return f"Q{(first.month + 2) // 3} {first.year}"
        case "year":
            return str(first.year)
    return format_day(first)


def format_day(day: date) -> str:
    """Return a day: "Nov 23, 2026"."""
    return dates.format_day(day, st.context.locale)


def format_month(day: date) -> str:
    """Return the month of a day: "October 2026"."""
    return dates.format_month(day, st.context.locale)


def day_input_format() -> str:
    """Return the format in which the viewer types days."""
    return dates.input_format(st.context.locale)
