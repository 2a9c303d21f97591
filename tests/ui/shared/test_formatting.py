"""Durations in words: what is not exceeded is rounded up, never down."""

from hypothesis import given
from hypothesis import strategies as st

from ui.shared.formatting import format_duration, format_duration_rounded_up

UNITS = {"d": 86400, "h": 3600, "min": 60}


def seconds(said: str) -> int:
    words = said.split()
    return sum(int(number) * UNITS[unit] for number, unit in zip(words[::2], words[1::2], strict=True))


def test_a_p90_of_64_and_a_half_hours_is_2_days_and_17_hours():
    assert format_duration(64 * 3600 + 1800) == "2 d 16 h"
    assert format_duration_rounded_up(64 * 3600 + 1800) == "2 d 17 h"
    assert format_duration_rounded_up(86400 - 1) == "1 d"


@given(st.integers(60, 10**8))
def test_what_is_not_exceeded_is_never_rounded_down(duration):
    assert duration <= seconds(format_duration_rounded_up(duration)) < duration + 3600
    assert seconds(format_duration(duration)) <= duration
