"""Delivery schedule: when a person can be notified, by their quiet hours, days and email frequency."""

from datetime import datetime, timedelta

from db.models import NotificationSchedule
from lib.core import time_zones

MORNING_HOUR = 8
"""The local hour at which daily and weekly emails are sent."""
DAY_HOURS, WEEK_HOURS = 24, 168
DEFAULT_HABIT = NotificationSchedule(person_id=0)
_DAYS_AHEAD = 8


def next_reachable_time(habit: NotificationSchedule, where: str | None, moment: datetime) -> datetime:
    """Return the first time from `moment` on at which a person in time zone `where` can be notified."""
    there = time_zones.find(where)
    at = moment
    for _ in range(2 * _DAYS_AHEAD):
        local = at.astimezone(there)
        later = _end_of_quiet_hours(habit, local)
        if later is None and habit.days & (1 << local.weekday()):
            return at
        at = (later or _midnight(local) + timedelta(days=1)).astimezone(moment.tzinfo)
    return moment


def next_digest_time(habit: NotificationSchedule, where: str | None, moment: datetime) -> datetime:
    """Return when the combined email is sent for events from `moment` on."""
    if habit.hours < DAY_HOURS:
        return next_reachable_time(habit, where, moment + timedelta(hours=habit.hours))
    local = moment.astimezone(time_zones.find(where))
    at = local.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    at += timedelta(days=int(at <= local))
    if habit.hours >= WEEK_HOURS:
        at += timedelta(days=-at.weekday() % 7)
    return next_reachable_time(habit, where, at.astimezone(moment.tzinfo))


def _end_of_quiet_hours(habit: NotificationSchedule, local: datetime) -> datetime | None:
    """Return the end of the quiet hours that contain a local time, or None outside them."""
    minute = local.hour * 60 + local.minute
    begin, end = habit.quiet_from, habit.quiet_until
    if begin == end:
        return None
    over_night = begin > end
    quiet = minute >= begin or minute < end if over_night else begin <= minute < end
    if not quiet:
        return None
    days = 1 if over_night and minute >= begin else 0
    return _midnight(local) + timedelta(days=days, minutes=end)


def _midnight(local: datetime) -> datetime:
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
