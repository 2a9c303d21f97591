"""The timer's button on cards and rows: on which it is offered, and what was pressed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from ui.components.once import read_once
from ui.components.validation import parse_positive_int as positive

ButtonState = Literal["", "off", "on"]


@dataclass(frozen=True, slots=True)
class TimerClick:
    """Somebody wants their timer to run on a ticket, or, without `on`, to stop."""

    number: int
    on: bool


@dataclass(frozen=True)
class TimerButtons:
    """On which tickets the timer may run, on which it does, and what is to be done when its button was pressed."""

    offered: Collection[int]
    running: int | None
    press: Callable[[TimerClick], None]

    def state(self, number: int) -> ButtonState:
        """Return how the button on a ticket stands, or nothing where there is none."""
        if number == self.running:
            return "on"
        return "off" if number in self.offered else ""


def handle_timer_click(clocks: TimerButtons | None, value: object, *, key: str) -> None:
    """Do what the browser asked for, once; what is malformed or was not offered is let go."""
    sent = read_once(value, key=f"{key}:clock")
    number = positive(sent.get("number")) if sent else None
    if sent and clocks and number is not None and clocks.state(number):
        clocks.press(TimerClick(number, on=sent.get("on") is True))
