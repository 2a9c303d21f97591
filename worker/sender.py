"""What sends the messages of a notification channel; each sends one message and says what came of it."""

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
    """A message that is due: its row, what it says, and that as its channel rendered it."""

    row: Message
    content: Content | ChannelPost
    rendered: Any


class ChannelDown(Exception):
    """A channel can't be worked with; nothing that is still to be sent uses up an attempt."""

    def __init__(self, down: Down, *, message: Message | None = None) -> None:
        """Say how; `message` is the one that met it, if it is no longer among those that are left."""
        super().__init__(down.words)
        self.down = down
        self.message = message


class Sender(Channel):
    """A channel with the means to send."""

    @contextmanager
    def connected(self) -> Iterator[Self]:
        """Give what sends several messages in a row, over one connection where there is one. Raises ChannelDown."""
        yield self

    @abstractmethod
    def send(self, message: Outgoing) -> Outcome:
        """Send one message, outside any transaction, and return what came of it."""

    def hang_up(self) -> None:
        """End what is under way from another thread, because Docket stops."""
