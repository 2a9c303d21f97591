"""Slack sender: sends direct messages, and posts to team channels, whose errors affect only themselves."""

from datetime import timedelta

from db.models import Message
from lib import transactions
from lib.integrations import slack, smtp
from lib.notifications.content_types import Content
from lib.notifications.delivery import outbox
from lib.notifications.delivery.outcomes import Down, Outcome, Rejected, Retry, Sent
from lib.notifications.slack import renderer, team_channels
from lib.notifications.slack.renderer import SlackChannel, SlackMessage
from lib.notifications.slack.team_channels import TeamChannel
from worker.sender import Outgoing, Sender


class SlackSender(SlackChannel, Sender):
    """Slack through its Web API and webhooks."""

    def send(self, message: Outgoing) -> Outcome:
        """Send to a person or to a team's channel."""
        try:
            if isinstance(message.content, Content):
                return _send_direct(message.row, message.content, message.rendered)
            return _send_to_channel(message.row, message.rendered)
        except slack.RateLimited as wait:
            return Down(str(wait), rest=timedelta(seconds=wait.seconds))
        except slack.WrongToken as error:
            return Rejected(str(error), down=True)
        except smtp.Unreachable as error:
            return Down(str(error))
        except smtp.Refused as refused:
            return _refusal(refused)


def _refusal(refused: smtp.Refused, *, private: bool = False) -> Outcome:
    return (Rejected if refused.permanent else Retry)(str(refused), private=private)


def _send_direct(message: Message, content: Content, slip: SlackMessage) -> Outcome:
    """Send a direct message. The person's Slack account is looked up once."""
    person = message.person_id or 0
    with transactions.see() as session:
        to = renderer.find_slack_id(session, person)
        thread = renderer.find_thread(session, message, to) if to else None
    if to is None:
        to = slack.find_user_id(content.email) or renderer.NO_ACCOUNT
        with transactions.act() as session:
            renderer.save_slack_id(session, person, to)
    if to == renderer.NO_ACCOUNT:
        return Sent(empty=True)
    began = slack.post_message(to, *slip, thread=thread)
    with transactions.act() as session:
        renderer.save_thread(session, message, to, began)
    return Sent()


def _send_to_channel(message: Message, slip: SlackMessage) -> Outcome:
    """Post to a team's channel. Its own errors pause only that channel; errors of Slack itself are raised."""
    with transactions.see() as session:
        place = team_channels.find_for_team(session, message.team_id or 0)
        resting = place is not None and outbox.is_resting(place.until, outbox.now(session))
        thread = renderer.find_thread(session, message, place.channel) if place and place.channel else None
    if place is None:
        return Sent(empty=True)
    if resting:
        return Retry("", until=place.until, private=True)
    return (
        _post_to_channel(message, place, slip, thread)
        if place.channel
        else _post_to_webhook(message, place, slip)
    )


def _post_to_channel(message: Message, place: TeamChannel, slip: SlackMessage, thread: str | None) -> Outcome:
    try:
        began = slack.post_message(place.channel, *slip, thread=thread)
    except smtp.Refused as refused:
        return _refuse_channel(place, refused)
    with transactions.act() as session:
        team_channels.mark_up(session, place.team_id)
        renderer.save_thread(session, message, place.channel, began)
    return Sent()


def _post_to_webhook(message: Message, place: TeamChannel, slip: SlackMessage) -> Outcome:
    """Post to a team's webhook. All its errors affect only that team."""
    try:
        if place.sealed:
            raise smtp.Refused(team_channels.LOCKED_WEBHOOK_ERROR, permanent=True)
        slack.post_to_webhook(place.url, *slip)
    except slack.RateLimited as wait:
        with transactions.act() as session:
            rest = timedelta(seconds=wait.seconds)
            until = team_channels.mark_down(session, place.team_id, str(wait), rest=rest)
        return Retry("", until=until, private=True)
    except smtp.Unreachable as error:
        with transactions.act() as session:
            failing = team_channels.is_failing(session, place.team_id)
            until = team_channels.mark_down(session, place.team_id, str(error))
        return Retry(str(error), until=until if failing or not message.error else None, private=True)
    except smtp.Refused as refused:
        return _refuse_channel(place, refused)
    with transactions.act() as session:
        team_channels.mark_up(session, place.team_id)
    return Sent(private=True)


def _refuse_channel(place: TeamChannel, refused: smtp.Refused) -> Outcome:
    with transactions.act() as session:
        team_channels.mark_down(session, place.team_id, str(refused))
    return _refusal(refused, private=True)
