"""Outcomes of sending a message. Every channel returns one of these, and the worker handles them the same way."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Sent:
    """The other side accepted the message. `empty` means that there was nobody to send it to."""

    empty: bool = False
    private: bool = False
    """Whether this says nothing about the channel, because only a team's own webhook answered."""


@dataclass(frozen=True)
class Retry:
    """This message was not sent now. It is retried later, up to the maximum number of attempts."""

    words: str
    until: datetime | None = None
    """When it is retried without using up an attempt, because only the recipient's team channel is down."""
    down: bool = False
    """Whether the channel went down while sending it."""
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
    """The channel is down. No message uses up an attempt for it."""

    words: str
    rest: timedelta | None = None
    """How long the other side asked to wait. A channel that asks for this is not failing."""


Outcome = Sent | Retry | Rejected | Down
