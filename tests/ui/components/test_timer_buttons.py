"""What the browser says about the timer is believed only as far as it was offered, and heard once."""

import pytest
import streamlit as st

from ui.components import timer_buttons
from ui.components.timer_buttons import TimerButtons, TimerClick


@pytest.fixture
def pressed(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    return []


def clocks(pressed, running=None):
    return TimerButtons({7, 8}, running, pressed.append)


def test_a_press_is_heard_once_however_often_it_comes(pressed):
    for _ in range(2):
        timer_buttons.handle_timer_click(clocks(pressed), {"number": 7, "on": True, "turn": 5}, key="board")
    timer_buttons.handle_timer_click(clocks(pressed), {"number": 8, "on": False, "turn": 6}, key="board")
    assert pressed == [TimerClick(7, on=True), TimerClick(8, on=False)]


@pytest.mark.parametrize(
    "value",
    [
        None, "x", 7, [], {}, {"number": 7, "on": True}, {"number": 9, "on": True, "turn": 1},
        {"number": -7, "on": True, "turn": 2}, {"number": "7", "on": True, "turn": 3}, {"number": 7, "turn": "x"},
    ],
)  # fmt: skip
def test_what_is_malformed_or_was_not_offered_is_let_go(pressed, value):
    timer_buttons.handle_timer_click(clocks(pressed), value, key="rows")
    timer_buttons.handle_timer_click(None, {"number": 7, "on": True, "turn": 9}, key="rows")
    assert pressed == []


def test_a_running_timer_can_be_stopped_where_none_could_be_started(pressed):
    offered = clocks(pressed, running=3)
    assert [offered.state(number) for number in (3, 7, 9)] == ["on", "off", ""]
