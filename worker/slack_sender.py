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
from lib.notifications.slack.team_channels import TeamChannel
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
            (_send_direct if message.team_id is None else _send_to_channel)(message)
        except slack.RateLimited as wait:
            rest = timedelta(seconds=wait.seconds)
            with transactions.act() as session:
                outbox.mark_down(session, NotificationChannel.SLACK, str(wait), rest=rest)
                outbox.release(session, [message, *left], until=outbox.now(session) + rest)
            return len(claimed)
        except smtp.Unreachable as error:
            _mark_slack_down(message, left, error)
            return len(claimed)
        except smtp.Refused as refused:
            with transactions.act() as session:
                outbox.mark_failed(session, message, str(refused), permanent=refused.permanent)
        except Unavailable:
            raise
        except Exception as error:
            unexpected_errors.mark_failed(message, error)
    with transactions.act() as session:
        outbox.release(session, left)
    return len(claimed)


def _mark_slack_down(message: Message, left: list[Message], error: smtp.Unreachable) -> None:
    log.warning("Slack can't be written to", words=str(error))
    with transactions.act() as session:
        if isinstance(error, slack.WrongToken):
            outbox.mark_failed(session, message, str(error), permanent=True)
        else:
            outbox.mark_unreachable(
                session, message, str(error), failing=outbox.is_failing(session, NotificationChannel.SLACK)
            )
        outbox.mark_down(session, NotificationChannel.SLACK, str(error))
        outbox.release(session, left)


def _send_direct(message: Message) -> None:
    """Write to a person if there is still something to say and they are in Slack, and settle the message."""
    with transactions.see() as session:
        content = message_content.build(session, message)
        to = renderer.find_slack_id(session, message.person_id or 0) if content else renderer.NO_ACCOUNT
        thread = renderer.find_thread(session, message, to) if to else None
    if content and to is None:
        to = slack.find_user_id(content.email) or renderer.NO_ACCOUNT
        with transactions.act() as session:
            renderer.save_slack_id(session, message.person_id or 0, to)
    began = ""
    if content and to:
        words, blocks = renderer.render(content)
        began = slack.post_message(to, words, blocks, thread=thread)
    with transactions.act() as session:
        if content and to:
            renderer.save_thread(session, message, to, began)
            outbox.mark_up(session, NotificationChannel.SLACK)
        outbox.mark_sent(session, message, empty=not (content and to))


def _send_to_channel(message: Message) -> None:
    """Write to a team's channel; its own troubles make it rest alone, Slack's those of all go on to the caller."""
    team = message.team_id or 0
    with transactions.see() as session:
        content, place = (
            message_content.build_post(session, message),
            team_channels.find_for_team(session, team),
        )
        resting = place is not None and outbox.is_resting(place.until, outbox.now(session))
        thread = renderer.find_thread(session, message, place.channel) if place and place.channel else None
    if content is None or place is None:
        with transactions.act() as session:
            outbox.mark_sent(session, message, empty=True)
    elif resting:
        with transactions.act() as session:
            outbox.release(session, [message], until=place.until)
    else:
        words, blocks = renderer.render_post(content)
        if place.channel:
            _post_to_channel(message, place, words, blocks, thread)
        else:
            _post_to_webhook(message, place, words, blocks)


def _post_to_channel(
    message: Message, place: TeamChannel, words: str, blocks: renderer.Blocks, thread: str | None
) -> None:
    try:
        began = slack.post_message(place.channel, words, blocks, thread=thread)
    except smtp.Refused as refused:
        _mark_refused(message, place, refused)
        return
    with transactions.act() as session:
        team_channels.mark_up(session, place.team_id)
        outbox.mark_up(session, NotificationChannel.SLACK)
        renderer.save_thread(session, message, place.channel, began)
        outbox.mark_sent(session, message)


def _post_to_webhook(message: Message, place: TeamChannel, words: str, blocks: renderer.Blocks) -> None:
    """Write through a webhook; what is wrong with it is the team's alone."""
    try:
        if place.sealed:
            raise smtp.Refused(team_channels.LOCKED_WEBHOOK_ERROR, permanent=True)
        slack.post_to_webhook(place.url, words, blocks)
    except slack.RateLimited as wait:
        with transactions.act() as session:
            until = team_channels.mark_down(
                session, place.team_id, str(wait), rest=timedelta(seconds=wait.seconds)
            )
            outbox.release(session, [message], until=until)
    except smtp.Unreachable as error:
        with transactions.act() as session:
            failing = team_channels.is_failing(session, place.team_id)
            until = team_channels.mark_down(session, place.team_id, str(error))
            outbox.mark_unreachable(session, message, str(error), failing=failing, until=until)
    except smtp.Refused as refused:
        _mark_refused(message, place, refused)
    else:
        with transactions.act() as session:
            team_channels.mark_up(session, place.team_id)
            outbox.mark_sent(session, message)


def _mark_refused(message: Message, place: TeamChannel, refused: smtp.Refused) -> None:
    with transactions.act() as session:
        team_channels.mark_down(session, place.team_id, str(refused))
        outbox.mark_failed(session, message, str(refused), permanent=refused.permanent)
