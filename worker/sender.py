"""Sender: a notification channel that can send messages, one at a time."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from db.models import Message
from lib.notifications.content_types import ChannelPost, Content
from lib.notifications.delivery.channel import Channel
from lib.notifications.delivery.outcomes import Down, Outcome


@dataclass(frozen=True)
class Outgoing:
    """A due message: its row, its content, and that content as rendered by the channel."""

    row: Message
    content: Content | ChannelPost
    rendered: Any


class ChannelDown(Exception):
    """The channel is down. Messages still to be sent don't use up an attempt."""

    def __init__(self, down: Down, *, message: Message | None = None) -> None:
        """Set why it is down. `message` is the one being sent, if it is no longer in the list of those left."""
        super().__init__(down.words)
        self.down = down
        self.message = message


class Sender(Channel):
    """A channel that can send messages."""

    @contextmanager
    def connected(self) -> Iterator[Self]:
        """Yield a sender for several messages, over one connection if the channel has one. Raises ChannelDown."""
        yield self

    @abstractmethod
    def send(self, message: Outgoing) -> Outcome:
        """Send one message outside any transaction, and return the outcome."""

    def hang_up(self) -> None:
        """Cut running connections. Called from another thread when Docket stops."""
