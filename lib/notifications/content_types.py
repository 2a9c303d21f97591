"""What there is to say, before it is a mail or a message in Slack."""

from dataclasses import dataclass
from datetime import datetime

from db.vocabulary import MessageKind, NotificationType, RecipientReason


@dataclass(frozen=True)
class ContentEntry:
    """One deed: `sentence` goes on after the doer's name, `body` is Markdown.

    For a service of others title, doer and body are empty where they may not go there.
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
    """Whether neither title nor contents may leave for a service of others: the ticket or the note is confidential."""


@dataclass(frozen=True)
class ChannelPost:
    """What a team's channel is told of a ticket; without a title where that is confidential."""

    ticket: int
    title: str
    deeds: tuple[str, ...]
    facts: str


@dataclass(frozen=True)
class Content:
    """What is to be sent to whom."""

    sort: MessageKind
    person_id: int
    name: str
    email: str
    zone: str | None
    said: tuple[ContentEntry, ...] = ()
    facts: str = ""
    """A ticket's priority, requester and age in one line, where they may go to a service of others."""
    link: str = ""
    """The address that an account's mail leads to."""
    address: str = ""
    """The address with which somebody signs in from now on, told to the one that they had."""
    sample: bool = False
