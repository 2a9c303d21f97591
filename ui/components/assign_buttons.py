"""The way to assign a ticket from its card or row: where it is offered, and for which ticket it was asked."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ui.components.once import once
from ui.components.validation import number as positive


@dataclass(frozen=True)
class Assigns:
    """Which tickets may be assigned from here, and what is to be done when one is asked for."""

    offered: Collection[int]
    ask: Callable[[int], None]


def asked(assigns: Assigns | None, value: object, *, key: str) -> None:
    """Ask whom the ticket is for that the browser named; what is malformed or was not offered is let go."""
    sent = once(value, key=f"{key}:assign")
    number = positive(sent.get("number")) if sent and assigns else None
    if assigns and number is not None and number in assigns.offered:
        assigns.ask(number)
