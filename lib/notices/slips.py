"""Slack messages, from what is to be said: number, title, who and a way to the ticket, never what was written."""

from typing import Any

from sqlmodel import Session

from db.models import Message, SlackName, SlackThread
from lib import settings
from lib.notices.contents import Content

NOT_THERE = ""
"""Kept where somebody has no account in Slack, so that they are looked up once."""


def write(content: Content) -> tuple[str, list[dict[str, Any]]]:
    """Return a message's plain words and its blocks; nothing in them is a command of Slack's."""
    last = content.said[-1]
    link = f"{settings.current().base_url}{last.path}"
    head = f"#{last.ticket} {plain(last.title)}"
    deeds = "\n".join(f"{plain(s.actor)} {plain(s.sentence)}" for s in content.said)
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*<{link}|{head}>*\n{deeds}"[:2900]}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": plain(content.facts)}]},
        {"type": "actions", "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Open ticket"}, "url": link, "action_id": "open"}
        ]},
    ]  # fmt: skip
    return f"{head}: {deeds}"[:2900], blocks


def plain(value: str) -> str:
    """Return text that Slack shows as it is."""
    safe = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(c if c not in "*_~`" else f"\u200b{c}" for c in safe)


def known(session: Session, person_id: int) -> str | None:
    """Return who somebody is in Slack as far as it is known: NOT_THERE for nobody, None where nobody looked yet."""
    row = session.get(SlackName, person_id)
    return row.slack_id if row else None


def remember(session: Session, person_id: int, slack_id: str) -> None:
    """Remember who somebody is in Slack."""
    row = session.get(SlackName, person_id) or SlackName(person_id=person_id, slack_id=slack_id)
    row.slack_id = slack_id
    session.add(row)


def thread(session: Session, message: Message, place: str) -> str | None:
    """Return where the talk about a message's ticket began in a place."""
    row = session.get(SlackThread, (message.ticket_id, place))
    return row.began if row else None


def begin(session: Session, message: Message, place: str, began: str) -> None:
    """Remember where the talk about a ticket began."""
    if message.ticket_id and began and session.get(SlackThread, (message.ticket_id, place)) is None:
        session.add(SlackThread(ticket_id=message.ticket_id, place=place, began=began))
