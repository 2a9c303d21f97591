"""Your notifications: unread, read or snoozed."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import (
    Cursor,
    Id,
    Limit,
    Page,
    PathNumber,
    RequestSchema,
    ResponseSchema,
    json_response,
    no_content,
)
from lib.core import pagination
from lib.notifications import default_rules, inbox
from lib.notifications.inbox import NotificationCard
from lib.transactions import act, see

router = APIRouter(tags=["notifications"])


class Notification(ResponseSchema):
    """One notification. `sentence` follows the name of `actor`. No actor means Docket itself."""

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


class UnreadCount(ResponseSchema):
    """The number of unread notifications. 100 means more than 99."""

    unread: int


class ReadUntil(RequestSchema):
    """The last notification to mark as read."""

    until: Id


class Snooze(RequestSchema):
    """The time until which a notification is snoozed."""

    until: AwareDatetime = Field(description="a time within the next year")


@router.get("/notifications", response_model=Page[Notification])
def list_notifications(
    me: Me,
    unread: Annotated[bool, Query(description="only unread notifications that are not snoozed")] = False,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """List your notifications, newest first."""
    place = f"notifications:{unread}"
    with see() as session:
        before = pagination.parse_id_cursor(place, cursor)
        found = inbox.list_notifications(session, me, only_unread=unread, before=before, limit=limit + 1)
    more = pagination.format_cursor(place, found[limit - 1].id) if len(found) > limit else None
    return json_response(Page(items=[_to_notification(card) for card in found[:limit]], next_cursor=more))


@router.get("/notifications/count", response_model=UnreadCount)
def count_unread_notifications(me: Me) -> Response:
    """Count your unread notifications."""
    with see() as session:
        return json_response(UnreadCount(unread=inbox.count_unread(session, me)))


@router.post("/notifications/read", status_code=204)
def mark_notifications_read(me: Me, form: ReadUntil) -> Response:
    """Mark your notifications as read, up to one of them."""
    with act() as session:
        inbox.mark_all_read(session, me, until=form.until)
    return no_content()


@router.put("/notifications/{id}/read", status_code=204)
def mark_notification_read(me: Me, id: PathNumber) -> Response:
    """Mark a notification as read."""
    with act() as session:
        inbox.mark_read(session, me, id)
    return no_content()


@router.delete("/notifications/{id}/read", status_code=204)
def mark_notification_unread(me: Me, id: PathNumber) -> Response:
    """Mark a notification as unread."""
    with act() as session:
        inbox.mark_unread(session, me, id)
    return no_content()


@router.put("/notifications/{id}/snooze", status_code=204)
def snooze_notification(me: Me, id: PathNumber, form: Snooze) -> Response:
    """Snooze a notification."""
    with act() as session:
        inbox.snooze(session, me, id, until=form.until)
    return no_content()


def _to_notification(card: NotificationCard) -> Notification:
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
