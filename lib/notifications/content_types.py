"""The content of a message, before it is rendered as an email or a Slack message."""

from dataclasses import dataclass
from datetime import datetime

from db.vocabulary import MessageKind, NotificationType, RecipientReason


@dataclass(frozen=True)
class ContentEntry:
    """One event. `sentence` continues after the actor's name, `body` is Markdown.

    For third-party services, title, actor and body are empty where they may not be sent there.
    """

    ticket: int
    title: str
    actor: str
    sentence: str
    body: str
    internal: bool
    at: datetime
    path: str
    relation: RecipientReason
    occasion: NotificationType
    discreet: bool
    """Whether title and contents must stay out of third-party services: the ticket is confidential or it is a note."""


@dataclass(frozen=True)
class ChannelPost:
    """A post about a ticket in a team's channel. `title` is empty if the ticket is confidential."""

    ticket: int
    title: str
    deeds: tuple[str, ...]
    facts: str


@dataclass(frozen=True)
class Content:
    """What is sent to a person."""

    sort: MessageKind
    person_id: int
    name: str
    email: str
    zone: str | None
    said: tuple[ContentEntry, ...] = ()
    facts: str = ""
    """A ticket's priority, requester and age in one line, where they may be sent to a third-party service."""
    link: str = ""
    """The path that an account email links to."""
    address: str = ""
    """The new sign-in email address, in the email to the old address."""
    sample: bool = False
