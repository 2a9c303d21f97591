"""Choosing a time zone from all there are: typing any part of a name finds it."""

from lib.core import clock, time_zones


def format_time_zone(name: str) -> str:
    """Return a time zone as a choice, with its present offset: "America/New York (UTC-05:00)"."""
    offset = f"{clock.now().astimezone(time_zones.find(name)):%z}"
    return f"{name.replace('_', ' ')} (UTC{offset[:3]}:{offset[3:5]})" if name != time_zones.UTC else name
