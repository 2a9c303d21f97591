"""Bundling: the first message about a ticket is sent at once, and what follows within a window together at its end."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.models import Message
from db.vocabulary import NotificationChannel
from lib.access import gate
from lib.core import settings


def find_window_ends(
    session: Session,
    whose: Any,
    ids: Collection[int],
    *,
    medium: NotificationChannel,
    ticket_id: int | None,
    at: datetime,
) -> dict[int, datetime]:
    """Return the end of the window of each person or team that recently got a message on the ticket, by id.

    `whose` is the message column that holds the ids. A window never ends later than one full window after `at`, even
    if the clock was set back.
    """
    whole = timedelta(seconds=settings.current().notice_window_seconds)
    if not (whole and ids):
        return {}
    about = select(whose, func.max(func.coalesce(Message.done_at, Message.created_at))).where(
        whose.in_(ids), Message.medium == medium, Message.ticket_id == ticket_id
    )
    sent = about.where(col(Message.done_at) > at - whole, ~col(Message.empty))
    under_way = about.where(
        col(Message.done_at).is_(None), col(Message.parked_at).is_(None), col(Message.attempts) > 0
    )
    last: dict[int, datetime] = {}
    for asked in (sent, under_way):
        for id, moment in session.exec(gate.unscoped(asked.group_by(whose), "messages hold only ids")).all():
            last[id] = max(moment, last.get(id, moment))
    return {id: min(moment, at) + whole for id, moment in last.items()}
