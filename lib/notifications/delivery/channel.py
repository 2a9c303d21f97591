"""Notification channel: its name, whether it is set up, and how it renders a message."""

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
    """A team channel that can't be written to, with the reason in words."""

    team: str
    error: str
    since: datetime | None


class Channel(ABC):
    """A way to notify people outside Docket. Subclasses in `worker` add how messages are sent.

    A channel defines its name, label, phrase and settings, whether it is configured, and how it renders. The rest is
    for channels that combine messages in digests or that have team channels.
    """

    name: ClassVar[NotificationChannel]
    """As stored, and as used by the API and metrics."""
    label: ClassVar[str]
    """Its name within a sentence, such as "email"."""
    phrase: ClassVar[str]
    """The choice in notification settings, such as "By email"."""
    needs: ClassVar[str]
    """The settings that turn it on."""
    digests: ClassVar[bool] = False
    """Whether people can have its messages combined into one every few hours."""
    third_party: ClassVar[bool] = True
    """Whether it is a third-party service, so that the ticket's team decides what it may receive."""
    testable: ClassVar[bool] = False
    """Whether administrators can send themselves a test from the page of outgoing messages."""
    rooms: ClassVar[bool] = False
    """Whether teams can have channels there, which may need no settings."""

    @property
    def title(self) -> str:
        """Its name at the start of a line, such as "Email"."""
        return self.label[:1].upper() + self.label[1:]

    @abstractmethod
    def configured(self) -> bool:
        """Return whether its settings are set, so that people can be notified through it."""

    @abstractmethod
    def render(self, message: Message, content: Content | ChannelPost) -> Any:
        """Return the rendered message. Raises ValueError if it can't be sent."""

    def on(self, session: Session) -> bool:
        """Return whether anybody can be notified through it, a person or a team."""
        return self.configured()

    def reaches(self, session: Session, team_id: int) -> bool:
        """Return whether a team has a channel here that can be written to."""
        return False

    def failing_rooms(self, session: Session) -> Sequence[FailingChannel]:
        """Return the team channels that can't be written to."""
        return ()
