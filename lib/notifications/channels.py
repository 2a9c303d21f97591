"""All notification channels. A new one needs a line here and one in `worker/channels.py`."""

from db.vocabulary import NotificationChannel
from lib.notifications.delivery.channel import Channel
from lib.notifications.email.renderer import EmailChannel
from lib.notifications.slack.renderer import SlackChannel

ALL: tuple[Channel, ...] = (EmailChannel(), SlackChannel())
"""In the order in which pages show them."""


def find(name: NotificationChannel) -> Channel:
    """Return the channel with a name."""
    return next(channel for channel in ALL if channel.name == name)


def list_configured() -> frozenset[NotificationChannel]:
    """Return the channels that people can be notified on: Docket always, others if configured."""
    return frozenset({NotificationChannel.DOCKET, *(channel.name for channel in ALL if channel.configured())})
