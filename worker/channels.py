"""Senders: the notification channels through which the worker sends. One line per channel."""

from db.vocabulary import NotificationChannel
from worker.email_sender import EmailSender
from worker.sender import Sender
from worker.slack_sender import SlackSender

SENDERS: dict[NotificationChannel, Sender] = {
    sender.name: sender for sender in (EmailSender(), SlackSender())
}
"""By channel. The same channels as in `lib/notifications/channels.py`."""
