"""The notification channels of this Docket; a new one is a line here, and one in `worker/channels.py`."""

from db.vocabulary import NotificationChannel
from lib.notifications.delivery.channel import Channel
from lib.notifications.email.renderer import EmailChannel
from lib.notifications.slack.renderer import SlackChannel

ALL: tuple[Channel, ...] = (EmailChannel(), SlackChannel())
"""In the order in which pages show them."""


def find(name: NotificationChannel) -> Channel:
    """Return a channel by its name."""
    return next(channel for channel in ALL if channel.name == name)


def list_configured() -> frozenset[NotificationChannel]:
    """Return where people can be notified: in Docket always, elsewhere if that is configured."""
    return frozenset({NotificationChannel.DOCKET, *(channel.name for channel in ALL if channel.configured())})
