"""Amounts of time are read as people write them, and nothing that anybody types breaks the reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.errors import Invalid
from lib.timekeeping import durations


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("90", 90), ("90m", 90), ("90 min", 90), ("1h 30m", 90), ("1h30", 90), ("1 h 30 min", 90), ("1:30", 90),
        ("1.5h", 90), ("1,5 h", 90), (".5h", 30), ("2h", 120), ("2 hours", 120), ("0:05", 5), ("24h", 1440),
        (" 1H  30M ", 90), ("0.25h", 15), ("1.01h", 61),
    ],
)  # fmt: skip
def test_people_write_it_in_many_ways(written, minutes):
    assert durations.parse(written) == minutes


@pytest.mark.parametrize(
    "written",
    ["", " ", "0", "0m", "25h", "1441", "1:60", "1:3", "-5", "1h-5m", "h", "1.5", "1e3", "½h", "٣", "1h1h"],
)
def test_what_is_no_time_of_a_day_is_refused_in_a_sentence(written):
    with pytest.raises(Invalid) as refused:
        durations.parse(written)
    assert refused.value.fields.keys() == {"time"}


@given(st.text(max_size=60) | st.text("0123456789hm:., in", max_size=12))
def test_no_input_breaks_it(written):
    for read in (durations.parse, durations.parse_estimate):
        try:
            minutes = read(written)
        except Invalid:
            continue
        assert isinstance(minutes, int) and minutes >= 0
        assert read is durations.parse_estimate or 1 <= minutes <= durations.MINUTES_PER_DAY


@given(st.integers(1, durations.MINUTES_PER_DAY))
def test_what_is_told_is_read_again(minutes):
    assert durations.parse(durations.format_minutes(minutes)) == minutes
