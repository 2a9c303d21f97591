"""What you are told: your notices, unread, read or put off."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Cursor, Form, Id, Limit, Number, Page, Shape, done, shown
from lib.core import pagination
from lib.notifications import default_rules, inbox
from lib.notifications.inbox import NoticeCard
from lib.transactions import act, see

router = APIRouter(tags=["notifications"])


class Notification(Shape):
    """One notice; `sentence` goes on after `actor`, and no actor means Docket itself."""

    id: int
    at: datetime
    ticket: int
    title: str
    actor: str | None
    sentence: str
    excerpt: str
    internal: bool
    occasion: str
    reason: str
    comment: int | None
    read: bool
    snoozed_until: datetime | None


class Count(Shape):
    """How many are unread; 100 stands for more than 99."""

    unread: int


class ReadAll(Form):
    """Up to which notice all are read."""

    until: Id


class Snooze(Form):
    """Until when a notice is put off."""

    until: AwareDatetime = Field(description="within the next year")


@router.get("/notifications", response_model=Page[Notification])
def mine(
    me: Me,
    unread: Annotated[bool, Query(description="only those that are unread and not put off")] = False,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """List your notices, newest first."""
    place = f"notifications:{unread}"
    with see() as session:
        before = pagination.read(place, cursor)
        found = inbox.mine(session, me, only_unread=unread, before=before, limit=limit + 1)
    more = pagination.make(place, found[limit - 1].id) if len(found) > limit else None
    return shown(Page(items=[_shape(card) for card in found[:limit]], next_cursor=more))


@router.get("/notifications/count", response_model=Count)
def count(me: Me) -> Response:
    """Tell how many of your notices are unread."""
    with see() as session:
        return shown(Count(unread=inbox.unread(session, me)))


@router.post("/notifications/read", status_code=204)
def read_all(me: Me, form: ReadAll) -> Response:
    """Mark your notices as read, up to one of them."""
    with act() as session:
        inbox.read_all(session, me, until=form.until)
    return done()


@router.put("/notifications/{id}/read", status_code=204)
def read(me: Me, id: Number) -> Response:
    """Mark a notice as read."""
    with act() as session:
        inbox.read(session, me, id)
    return done()


@router.delete("/notifications/{id}/read", status_code=204)
def unread(me: Me, id: Number) -> Response:
    """Mark a notice as unread."""
    with act() as session:
        inbox.unread_again(session, me, id)
    return done()


@router.put("/notifications/{id}/snooze", status_code=204)
def snooze(me: Me, id: Number, form: Snooze) -> Response:
    """Put a notice off."""
    with act() as session:
        inbox.snooze(session, me, id, until=form.until)
    return done()


def _shape(card: NoticeCard) -> Notification:
    return Notification(
        id=card.id,
        at=card.at,
        ticket=card.ticket,
        title=card.title,
        actor=card.actor,
        sentence=card.sentence,
        excerpt=card.excerpt,
        internal=card.internal,
        occasion=card.occasion.value,
        reason=default_rules.REASONS[card.relation],
        comment=card.comment_id,
        read=card.read,
        snoozed_until=card.snoozed_until,
    )
