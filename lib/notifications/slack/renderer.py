"""Slack messages, from what is to be said: number, title and a way to the ticket, never what was written.

Who did what, the requester, the priority and the age are told of tickets whose team wants that, in its channel and in
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
"""A message's plain words, and its blocks."""

NO_ACCOUNT = ""
"""Kept where somebody has no account in Slack, so that they are looked up once."""


TEST_MESSAGE = "This is a test. Slack messages from Docket arrive here."


class SlackChannel(Channel):
    """Slack as a notification channel: direct messages, and rooms of teams."""

    name = NotificationChannel.SLACK
    label = "Slack"
    phrase = "In Slack"
    needs = "DOCKET_SLACK_BOT_TOKEN"
    rooms = True

    def configured(self) -> bool:
        """Tell whether Docket has a token, so that it can write to people and to channels by their ids."""
        return bool(settings.current().slack_bot_token)

    def on(self, session: Session) -> bool:
        """Tell whether Docket has a token or a team has a webhook."""
        hooked = select(TeamSlackChannel.team_id).where(col(TeamSlackChannel.webhook).is_not(None)).limit(1)
        return self.configured() or session.exec(hooked).first() is not None

    def reaches(self, session: Session, team_id: int) -> bool:
        """Tell whether a team has a webhook, or a channel that Docket's token can write to."""
        place = session.get(TeamSlackChannel, team_id)
        return place is not None and bool(place.webhook or (place.channel and self.configured()))

    def failing_rooms(self, session: Session) -> Sequence[FailingChannel]:
        """Return the channels of teams that can't be written to."""
        return team_channels.list_failing(session)

    def render(self, message: Message, content: Content | ChannelPost) -> SlackMessage:
        """Return a direct message, or one for a team's channel."""
        return render_post(content) if isinstance(content, ChannelPost) else render(content)


def render(content: Content) -> SlackMessage:
    """Return a direct message: number, title and link, and what was done, as far as that may go to Slack."""
    if not content.said:
        return TEST_MESSAGE, [{"type": "section", "text": {"type": "mrkdwn", "text": TEST_MESSAGE}}]
    last = content.said[-1]
    lines = [f"{said.actor} {said.sentence}".strip() for said in content.said]
    told = lines if last.actor else list(dict.fromkeys(lines))
    return _build_message(f"#{last.ticket} {last.title}".strip(), told, content.facts, path=last.path)


def render_post(post: ChannelPost) -> SlackMessage:
    """Return a message for a team's channel."""
    return _build_message(
        f"#{post.ticket} {post.title}".strip(),
        post.deeds,
        post.facts,
        path=inbox.ticket_path(post.ticket, None),
    )


def _build_message(head: str, deeds: Sequence[str], facts: str, *, path: str) -> SlackMessage:
    """Return the plain words and the blocks; nothing in them is a command of Slack's."""
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
    """Return text that Slack shows as it is."""
    safe = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(c if c not in "*_~`" else f"\u200b{c}" for c in safe)


def find_slack_id(session: Session, person_id: int) -> str | None:
    """Return who somebody is in Slack as far as it is known: NOT_THERE for nobody, None where nobody looked yet."""
    row = session.get(SlackAccount, person_id)
    return row.slack_id if row else None


def save_slack_id(session: Session, person_id: int, slack_id: str) -> None:
    """Remember who somebody is in Slack."""
    row = session.get(SlackAccount, person_id) or SlackAccount(person_id=person_id, slack_id=slack_id)
    row.slack_id = slack_id
    session.add(row)


def find_thread(session: Session, message: Message, place: str) -> str | None:
    """Return where the talk about a message's ticket began in a place."""
    row = session.get(SlackThread, (message.ticket_id, place))
    return row.began if row else None


def save_thread(session: Session, message: Message, place: str, began: str) -> None:
    """Remember where the talk about a ticket began."""
    if message.ticket_id and began and session.get(SlackThread, (message.ticket_id, place)) is None:
        session.add(SlackThread(ticket_id=message.ticket_id, place=place, began=began))
