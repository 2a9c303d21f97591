"""The notification channels as the worker sends through them, one line each."""

from db.vocabulary import NotificationChannel
from worker.email_sender import EmailSender
from worker.sender import Sender
from worker.slack_sender import SlackSender

SENDERS: dict[NotificationChannel, Sender] = {
    sender.name: sender for sender in (EmailSender(), SlackSender())
}
"""By the name of the channel; the same channels as in `lib/notifications/channels.py`."""
