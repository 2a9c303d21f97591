"""When somebody may be reached: outside their quiet hours, on their days, as often as they chose."""

from datetime import datetime, timedelta

from db.models import NoticeHabit
from lib.core import time_zones

MORNING = 8
"""The hour at which daily and weekly mails go out."""
DAY, WEEK = 24, 168
USUAL = NoticeHabit(person_id=0)
_DAYS_AHEAD = 8


def reachable(habit: NoticeHabit, where: str | None, moment: datetime) -> datetime:
    """Return the first moment from `moment` on at which somebody who lives in zone `where` wants to be reached."""
    there = time_zones.find(where)
    at = moment
    for _ in range(2 * _DAYS_AHEAD):
        local = at.astimezone(there)
        later = _after_quiet(habit, local)
        if later is None and habit.days & (1 << local.weekday()):
            return at
        at = (later or _midnight(local) + timedelta(days=1)).astimezone(moment.tzinfo)
    return moment


def next_mail(habit: NoticeHabit, where: str | None, moment: datetime) -> datetime:
    """Return when the mail goes out that gathers what happens from `moment` on."""
    if habit.hours < DAY:
        return reachable(habit, where, moment + timedelta(hours=habit.hours))
    local = moment.astimezone(time_zones.find(where))
    at = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    at += timedelta(days=int(at <= local))
    if habit.hours >= WEEK:
        at += timedelta(days=-at.weekday() % 7)
    return reachable(habit, where, at.astimezone(moment.tzinfo))


def _after_quiet(habit: NoticeHabit, local: datetime) -> datetime | None:
    """Return when the quiet hours end that a local moment lies in, or None outside them."""
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
