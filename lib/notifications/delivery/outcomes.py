"""What came of sending a message: every channel answers with one of these, and the worker settles it the same way."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Sent:
    """The other side took the message; `empty` if there was nobody to send it to."""

    empty: bool = False
    private: bool = False
    """Whether this says nothing of the channel, because only the recipient's own room answered: a team's webhook."""


@dataclass(frozen=True)
class Retry:
    """This message was not sent now; it is tried again later, and a last time in the end."""

    words: str
    until: datetime | None = None
    """When it is tried again without using up an attempt, because only the recipient's room is away."""
    down: bool = False
    """Whether the channel went away with it."""
    private: bool = False


@dataclass(frozen=True)
class Rejected:
    """This message can never be sent, and why."""

    words: str
    down: bool = False
    """Whether the channel refuses everything."""
    private: bool = False


@dataclass(frozen=True)
class Down:
    """The channel can't be worked with; no message uses up an attempt for it."""

    words: str
    rest: timedelta | None = None
    """How long the other side asked to be left alone; a channel that asks is not failing."""


Outcome = Sent | Retry | Rejected | Down
