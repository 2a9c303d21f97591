"""Slack renderer: messages with a ticket's number, title and link, never with comment text.

Who did what, the requester, priority and age are included for tickets whose team wants that, in its channel and in
direct messages alike.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from db.models import Message, SlackAccount, SlackThread, TeamSlackChannel
from db.vocabulary import NotificationChannel
from lib.core import settings
from lib.notifications import inbox
from lib.notifications.content_types import ChannelPost, Content
from lib.notifications.delivery.channel import Channel, FailingChannel
from lib.notifications.slack import team_channels

Blocks = list[dict[str, Any]]
SlackMessage = tuple[str, Blocks]
"""A message's plain text and its blocks."""

NO_ACCOUNT = ""
"""Stored for people without a Slack account, so that they are looked up only once."""


TEST_MESSAGE = "This is a test. Slack messages from Docket arrive here."


class SlackChannel(Channel):
    """Slack as a notification channel: direct messages and team channels."""

    name = NotificationChannel.SLACK
    label = "Slack"
    phrase = "In Slack"
    needs = "DOCKET_SLACK_BOT_TOKEN"
    rooms = True

    def configured(self) -> bool:
        """Return whether Docket has a token, so that it can write to people and to channels by id."""
        return bool(settings.current().slack_bot_token)

    def on(self, session: Session) -> bool:
        """Return whether Docket has a token or a team has a webhook."""
        hooked = select(TeamSlackChannel.team_id).where(col(TeamSlackChannel.webhook).is_not(None)).limit(1)
        return self.configured() or session.exec(hooked).first() is not None

    def reaches(self, session: Session, team_id: int) -> bool:
        """Return whether a team has a webhook, or a channel that Docket's token can write to."""
        place = session.get(TeamSlackChannel, team_id)
        return place is not None and bool(place.webhook or (place.channel and self.configured()))

    def failing_rooms(self, session: Session) -> Sequence[FailingChannel]:
        """Return the team channels that can't be written to."""
        return team_channels.list_failing(session)

    def render(self, message: Message, content: Content | ChannelPost) -> SlackMessage:
        """Return a direct message, or a post for a team's channel."""
        return render_post(content) if isinstance(content, ChannelPost) else render(content)


def render(content: Content) -> SlackMessage:
    """Return a direct message with number, title, link and what was done, as far as that may be sent to Slack."""
    if not content.said:
        return TEST_MESSAGE, [{"type": "section", "text": {"type": "mrkdwn", "text": TEST_MESSAGE}}]
    last = content.said[-1]
    lines = [f"{said.actor} {said.sentence}".strip() for said in content.said]
    told = lines if last.actor else list(dict.fromkeys(lines))
    return _build_message(f"#{last.ticket} {last.title}".strip(), told, content.facts, path=last.path)


def render_post(post: ChannelPost) -> SlackMessage:
    """Return a post for a team's channel."""
    return _build_message(
        f"#{post.ticket} {post.title}".strip(),
        post.deeds,
        post.facts,
        path=inbox.ticket_path(post.ticket, None),
    )


def _build_message(head: str, deeds: Sequence[str], facts: str, *, path: str) -> SlackMessage:
    """Return the plain text and the blocks, escaped so that nothing is read as Slack markup."""
    link, head = f"{settings.current().base_url}{path}", escape_text(head)
    told = "\n".join(escape_text(deed) for deed in deeds)
    context = (
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": escape_text(facts)}]}] if facts else []
    )
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*<{link}|{head}>*\n{told}"[:2900]}},
        *context,
        {"type": "actions", "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Open ticket"}, "url": link, "action_id": "open"}
        ]},
    ]  # fmt: skip
    return f"{head}: {told}"[:2900], blocks


def escape_text(value: str) -> str:
    """Return text that Slack shows unchanged."""
    safe = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(c if c not in "*_~`" else f"\u200b{c}" for c in safe)


def find_slack_id(session: Session, person_id: int) -> str | None:
    """Return a person's Slack id, NO_ACCOUNT if they have none, or None if it was never looked up."""
    row = session.get(SlackAccount, person_id)
    return row.slack_id if row else None


def save_slack_id(session: Session, person_id: int, slack_id: str) -> None:
    """Save a person's Slack id."""
    row = session.get(SlackAccount, person_id) or SlackAccount(person_id=person_id, slack_id=slack_id)
    row.slack_id = slack_id
    session.add(row)


def find_thread(session: Session, message: Message, place: str) -> str | None:
    """Return the thread about a message's ticket in a channel or direct message, or None."""
    row = session.get(SlackThread, (message.ticket_id, place))
    return row.began if row else None


def save_thread(session: Session, message: Message, place: str, began: str) -> None:
    """Save the thread about a ticket, if it is the first."""
    if message.ticket_id and began and session.get(SlackThread, (message.ticket_id, place)) is None:
        session.add(SlackThread(ticket_id=message.ticket_id, place=place, began=began))
