"""What a notification channel is: its name, whether it is set up, and how it renders a message."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Session

from db.models import Message
from db.vocabulary import NotificationChannel
from lib.notifications.content_types import ChannelPost, Content


@dataclass(frozen=True)
class FailingChannel:
    """A team whose room in a channel can't be written to, with the reason in words."""

    team: str
    error: str
    since: datetime | None


class Channel(ABC):
    """A way to notify people outside Docket; `worker` adds how its messages are sent.

    A channel says its name, label, phrase and settings, whether it is configured, and renders. The rest is for channels
    that gather messages in digests or that have rooms for teams.
    """

    name: ClassVar[NotificationChannel]
    """As it is stored, and as the API and metrics name it."""
    label: ClassVar[str]
    """What it is called within a sentence: "email"."""
    phrase: ClassVar[str]
    """What people choose in their notification settings: "By mail"."""
    needs: ClassVar[str]
    """The settings that turn it on."""
    digests: ClassVar[bool] = False
    """Whether people can have its messages gathered in one every few hours."""
    third_party: ClassVar[bool] = True
    """Whether it belongs to a service of others, so that the ticket's team chooses what it may receive."""
    testable: ClassVar[bool] = False
    """Whether administrators can send themselves a test from the page of outgoing messages."""
    rooms: ClassVar[bool] = False
    """Whether teams may have a room there, which may need no settings."""

    @property
    def title(self) -> str:
        """What it is called where a line begins: "Email"."""
        return self.label[:1].upper() + self.label[1:]

    @abstractmethod
    def configured(self) -> bool:
        """Tell whether its settings are there, so that people can be notified through it."""

    @abstractmethod
    def render(self, message: Message, content: Content | ChannelPost) -> Any:
        """Return what is sent. Raises ValueError if it can't be sent."""

    def on(self, session: Session) -> bool:
        """Tell whether anybody can be notified through it: a person, or a team in its room."""
        return self.configured()

    def reaches(self, session: Session, team_id: int) -> bool:
        """Tell whether a team has a room in this channel that can be written to."""
        return False

    def failing_rooms(self, session: Session) -> Sequence[FailingChannel]:
        """Return the rooms of teams that can't be written to."""
        return ()
