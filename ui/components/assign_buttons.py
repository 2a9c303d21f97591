"""The way to assign a ticket from its card or row: where it is offered, and for which ticket it was asked."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ui.components.once import read_once
from ui.components.validation import parse_positive_int as positive


@dataclass(frozen=True)
class AssignButtons:
    """Which tickets may be assigned from here, and what is to be done when one is asked for."""

    offered: Collection[int]
    ask: Callable[[int], None]


def handle_assign_click(assigns: AssignButtons | None, value: object, *, key: str) -> None:
    """Ask whom the ticket is for that the browser named; what is malformed or was not offered is let go."""
    sent = read_once(value, key=f"{key}:assign")
    number = positive(sent.get("number")) if sent and assigns else None
    if assigns and number is not None and number in assigns.offered:
        assigns.ask(number)
