"""Every notification channel fulfills the same contract, and is registered for people and for the worker."""

import pytest

from db.vocabulary import MessageKind, NotificationChannel
from lib.core import settings
from lib.notifications import channels
from lib.notifications.delivery.channel import Channel
from lib.notifications.delivery.outcomes import Down
from lib.notifications.email import samples
from lib.transactions import see
from tests import cast
from worker.channels import SENDERS
from worker.sender import ChannelDown, Outgoing, Sender

AWAY = {
    "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "9", "SMTP_TLS": "none", "SMTP_FROM": "desk@example.org",
    "SLACK_BOT_TOKEN": "xoxb-tests", "SLACK_API_URL": "http://127.0.0.1:9/api/",
}  # fmt: skip
"""Settings of every channel, with nobody at the other side."""


@pytest.fixture
def away(monkeypatch):
    for name, value in AWAY.items():
        monkeypatch.setenv(f"DOCKET_{name}", value)
    settings.current.cache_clear()


def said(desk, kind):
    with see() as session:
        return samples.build_content(kind, cast.get_person(session, desk.sam), zone="UTC")


def test_each_channel_is_registered_for_people_and_for_the_worker():
    names = [channel.name for channel in channels.ALL]
    assert names == list(SENDERS) == [name for name in NotificationChannel if name != "docket"]
    letters = [name.letter for name in NotificationChannel]
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize("channel", [*channels.ALL, *SENDERS.values()], ids=lambda each: type(each).__name__)
def test_it_says_what_it_is_called_and_whether_it_is_configured(channel, away):
    assert isinstance(channel, Channel) and channels.find(channel.name).name == channel.name
    assert channel.label and channel.title[0].isupper() and channel.phrase[0].isupper()
    assert channel.needs.startswith("DOCKET_") and channel.configured() is True
    assert channel.name in channels.list_configured()


@pytest.mark.parametrize("channel", channels.ALL, ids=lambda each: each.name)
def test_without_settings_it_is_off(channel, desk):
    assert channel.configured() is False and channel.name not in channels.list_configured()
    with see() as session:
        assert not channel.on(session) and not channel.reaches(session, desk.service_desk)
        assert list(channel.failing_rooms(session)) == []


@pytest.mark.parametrize("kind", [MessageKind.TICKET, MessageKind.DIGEST, MessageKind.TRIAL])
@pytest.mark.parametrize("sender", SENDERS.values(), ids=lambda each: each.name)
def test_it_renders_and_a_server_that_is_away_is_down_and_nothing_else(desk, away, sender, kind):
    assert isinstance(sender, Sender)
    row, content = samples.build_message(kind.value), said(desk, kind)
    row.person_id = desk.sam.id
    message = Outgoing(row, content, sender.render(row, content))
    assert message.rendered
    try:
        with sender.connected() as line:
            outcome = line.send(message)
    except ChannelDown as down:
        outcome = down.down
    assert isinstance(outcome, Down) and outcome.words and outcome.rest is None
    sender.hang_up()
