"""Slack messages, one by one: a message that fails holds up no other, and Slack that is away costs none an attempt."""

import threading
import time
from datetime import timedelta

import structlog

from db.models import Message
from db.vocabulary import NotificationChannel
from lib import transactions
from lib.core.errors import Unavailable
from lib.integrations import slack, smtp
from lib.notifications import content as message_content
from lib.notifications.delivery import outbox
from lib.notifications.slack import renderer, team_channels
from lib.notifications.slack.team_channels import Place
from worker import unexpected_errors

log = structlog.get_logger(__name__)


def send(claimed: list[Message], *, stopped: threading.Event) -> int:
    """Send Slack messages; when Slack asks for quiet or is away, the rest waits. Returns how many were claimed."""
    until = time.monotonic() + outbox.LEASE.total_seconds() / 2
    left = sorted(
        claimed, key=lambda message: message.error is not None
    )  # what failed before lets others go first
    while left and time.monotonic() < until and not stopped.is_set():
        message = left.pop(0)
        try:
            (_direct if message.team_id is None else _announce)(message)
        except slack.Wait as wait:
            rest = timedelta(seconds=wait.seconds)
            with transactions.act() as session:
                outbox.ill(session, NotificationChannel.SLACK, str(wait), rest=rest)
                outbox.postponed(session, [message, *left], until=outbox.now(session) + rest)
            return len(claimed)
        except smtp.Unreachable as error:
            _away(message, left, error)
            return len(claimed)
        except smtp.Refused as refused:
            with transactions.act() as session:
                outbox.failed(session, message, str(refused), permanent=refused.permanent)
        except Unavailable:
            raise
        except Exception as error:
            unexpected_errors.settle(message, error)
    with transactions.act() as session:
        outbox.postponed(session, left)
    return len(claimed)


def _away(message: Message, left: list[Message], error: smtp.Unreachable) -> None:
    log.warning("Slack can't be written to", words=str(error))
    with transactions.act() as session:
        if isinstance(error, slack.WrongToken):
            outbox.failed(session, message, str(error), permanent=True)
        else:
            outbox.unreached(
                session, message, str(error), failing=outbox.failing(session, NotificationChannel.SLACK)
            )
        outbox.ill(session, NotificationChannel.SLACK, str(error))
        outbox.postponed(session, left)


def _direct(message: Message) -> None:
    """Write to a person if there is still something to say and they are in Slack, and settle the message."""
    with transactions.see() as session:
        content = message_content.of(session, message)
        to = renderer.known(session, message.person_id or 0) if content else renderer.NOT_THERE
        thread = renderer.thread(session, message, to) if to else None
    if content and to is None:
        to = slack.find(content.email) or renderer.NOT_THERE
        with transactions.act() as session:
            renderer.remember(session, message.person_id or 0, to)
    began = ""
    if content and to:
        words, blocks = renderer.write(content)
        began = slack.post(to, words, blocks, thread=thread)
    with transactions.act() as session:
        if content and to:
            renderer.begin(session, message, to, began)
            outbox.well(session, NotificationChannel.SLACK)
        outbox.sent(session, message, empty=not (content and to))


def _announce(message: Message) -> None:
    """Write to a team's channel; its own troubles make it rest alone, Slack's those of all go on to the caller."""
    team = message.team_id or 0
    with transactions.see() as session:
        content, place = message_content.posted(session, message), team_channels.of(session, team)
        resting = place is not None and outbox.holds(place.until, outbox.now(session))
        thread = renderer.thread(session, message, place.channel) if place and place.channel else None
    if content is None or place is None:
        with transactions.act() as session:
            outbox.sent(session, message, empty=True)
    elif resting:
        with transactions.act() as session:
            outbox.postponed(session, [message], until=place.until)
    else:
        words, blocks = renderer.announce(content)
        if place.channel:
            _post(message, place, words, blocks, thread)
        else:
            _hook(message, place, words, blocks)


def _post(message: Message, place: Place, words: str, blocks: renderer.Blocks, thread: str | None) -> None:
    try:
        began = slack.post(place.channel, words, blocks, thread=thread)
    except smtp.Refused as refused:
        _refused(message, place, refused)
        return
    with transactions.act() as session:
        team_channels.well(session, place.team_id)
        outbox.well(session, NotificationChannel.SLACK)
        renderer.begin(session, message, place.channel, began)
        outbox.sent(session, message)


def _hook(message: Message, place: Place, words: str, blocks: renderer.Blocks) -> None:
    """Write through a webhook; what is wrong with it is the team's alone."""
    try:
        if place.sealed:
            raise smtp.Refused(team_channels.SEALED, permanent=True)
        slack.hook(place.url, words, blocks)
    except slack.Wait as wait:
        with transactions.act() as session:
            until = team_channels.ill(session, place.team_id, str(wait), rest=timedelta(seconds=wait.seconds))
            outbox.postponed(session, [message], until=until)
    except smtp.Unreachable as error:
        with transactions.act() as session:
            failing = team_channels.failing(session, place.team_id)
            until = team_channels.ill(session, place.team_id, str(error))
            outbox.unreached(session, message, str(error), failing=failing, until=until)
    except smtp.Refused as refused:
        _refused(message, place, refused)
    else:
        with transactions.act() as session:
            team_channels.well(session, place.team_id)
            outbox.sent(session, message)


def _refused(message: Message, place: Place, refused: smtp.Refused) -> None:
    with transactions.act() as session:
        team_channels.ill(session, place.team_id, str(refused))
        outbox.failed(session, message, str(refused), permanent=refused.permanent)
