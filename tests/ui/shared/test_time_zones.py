"""Time zones as choices: findable by typing a place, with the present offset."""

from datetime import UTC, datetime

import pytest

from lib.core import clock
from ui.shared.time_zones import format_time_zone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("UTC", "UTC"),
        ("Europe/Berlin", "Europe/Berlin (UTC+01:00)"),
        ("America/New_York", "America/New York (UTC-05:00)"),
        ("Asia/Kathmandu", "Asia/Kathmandu (UTC+05:45)"),
    ],
)
def test_a_choice_names_the_place_and_its_present_offset(name, shown):
    with clock.travel_to(datetime(2026, 1, 15, tzinfo=UTC)):
        assert format_time_zone(name) == shown
