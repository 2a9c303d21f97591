"""Dates and times in words, the same everywhere."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lib.core import clock, dates

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 30, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=44), "just now"),
        (timedelta(seconds=45), "1 min ago"),
        (timedelta(seconds=119), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=13), "Nov 17"),
        (timedelta(days=360), "Dec 5, 2025"),
    ],
)
def test_what_is_long_ago_is_said_by_its_day(passed, said):
    with clock.travel_to(NOW):
        assert dates.format_relative(NOW - passed, BERLIN) == said


@pytest.mark.parametrize(
    ("locale", "moment", "typed"),
    [
        (None, "Nov 30, 2026, 4:16 PM", "MM/DD/YYYY"),
        ("en-US", "Nov 30, 2026, 4:16 PM", "MM/DD/YYYY"),
        ("en-GB", "30 Nov 2026, 16:16", "DD/MM/YYYY"),
        ("de-DE", "Nov 30, 2026, 4:16 PM", "DD/MM/YYYY"),
        ("no such", "Nov 30, 2026, 4:16 PM", "MM/DD/YYYY"),
    ],
)
def test_a_moment_is_written_as_its_reader_writes_it(locale, moment, typed):
    assert dates.format_moment(NOW, BERLIN, locale) == moment
    assert dates.input_format(locale) == typed


def test_months_and_days_have_names():
    assert dates.format_month(date(2026, 11, 1)) == "November 2026"
    assert dates.format_short_day(date(2026, 11, 30)) == "Nov 30"


def test_stored_days_are_shown_as_people_read_them():
    stored = "2 h on 2026-11-30, Work: see 2026-12-01"
    assert dates.format_first_day(stored) == "2 h on Nov 30, 2026, Work: see 2026-12-01"
    assert dates.format_every_day("2026-11-30 to 2026-12-04") == "Nov 30, 2026 to Dec 4, 2026"
    assert dates.format_every_day("2026-13-30 and 2026-02-31") == "2026-13-30 and 2026-02-31"
