"""What a ticket looks like in the API."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import create_model
from pydantic_core import to_json
from starlette.responses import Response

from api.shared.schemas import Reference, ResponseSchema
from api.tickets import field_schemas
from db.vocabulary import FieldKind, Priority
from lib.access.gate import Actor
from lib.assignment import queue
from lib.catalog import category_proposals, custom_field_values
from lib.catalog.custom_field_values import FieldValueCard
from lib.catalog.ticket_fields import TicketRow
from lib.conversation import attachments, cc
from lib.conversation.attachments import AttachmentCard
from lib.lists import merge_preview, ticket_list
from lib.markdown import rendering
from lib.tickets import links, tickets
from lib.tickets.tickets import Ticket
from lib.transactions import Session

LinkName = Literal[
    "blocks", "blocked_by", "parent", "child", "relates", "duplicates", "duplicated_by"
]  # fmt: skip
PriorityName = Literal["low", "normal", "high", "urgent"]


FieldValue = str | float | date | Reference | None
"""Of a choice or a person the id and name."""
PRIORITY_NAMES: Mapping[Priority, PriorityName] = {
    Priority.LOW: "low", Priority.NORMAL: "normal", Priority.HIGH: "high", Priority.URGENT: "urgent",
}  # fmt: skip


TicketLine: Any = create_model(
    "TicketLine",
    __base__=ResponseSchema,
    __doc__="A ticket in a list.",
    version=int,
    **field_schemas.list_line_properties(),
)


class File(ResponseSchema):
    """A file on a ticket or comment."""

    id: str
    name: str
    type: str
    size: int
    preview: bool
    uploader: str
    created: datetime


class TicketLink(ResponseSchema):
    """A link of a ticket: its name from this side, and the other ticket."""

    kind: LinkName
    ticket: int
    title: str
    status: str
    open: bool


class MergedTicket(ResponseSchema):
    """A ticket that was merged into this one."""

    number: int
    title: str
    at: datetime


class TicketFull(TicketLine):
    """A ticket with all fields, without comments and history."""

    proposed_category: str | None
    waiting_for_assignee: bool
    """Whether it is in the assignment queue because nobody was available. Only for staff."""
    description: str
    description_html: str
    tags: list[str]
    fields: dict[str, FieldValue]
    """The values of custom fields that you may read, by key. Empty ones are null."""
    blocked: str | None
    links: list[TicketLink]
    merged_into: int | None
    merged: list[MergedTicket]
    participants: list[Reference]
    attachments: list[File]


def _to_facts(row: TicketRow) -> dict[str, Any]:
    return field_schemas.to_line(row) | {"version": row.version}


def build_page_response(
    rows: Iterable[TicketRow], more: str | None, *, not_understood: Iterable[str] = ()
) -> Response:
    """Return a page of tickets as an answer: plain facts, as models would take longer than the database."""
    items = [_to_facts(row) for row in rows]
    page = {"items": items, "next_cursor": more, "not_understood": list(not_understood)}
    return Response(to_json(page), media_type="application/json")


def to_file(card: AttachmentCard) -> File:
    """Return a file as its ticket or comment shows it."""
    return File(
        id=card.id,
        name=card.name,
        type=card.type,
        size=card.size,
        preview=card.preview,
        uploader=card.uploader,
        created=card.created_at,
    )


def to_links(session: Session, me: Actor, ticket: Ticket) -> list[TicketLink]:
    """Return a ticket's links to tickets that the actor may see."""
    return [
        TicketLink.model_construct(kind=c.name, ticket=c.number, title=c.title, status=c.status, open=c.open)
        for c in links.list_for_ticket(session, me, ticket)
    ]


def _to_field_value(held: FieldValueCard) -> FieldValue:
    if held.value is None or held.field.kind not in (FieldKind.CHOICE, FieldKind.PERSON):
        return held.value
    return Reference(id=int(str(held.value)), name=held.shown)


def to_full_ticket(session: Session, me: Actor, ticket: Ticket) -> TicketFull:
    """Return a ticket that was found through the gate, as the actor may see it."""
    session.flush()
    files = attachments.list_for_ticket(session, me, ticket)
    return TicketFull(
        **_to_facts(ticket_list.get_row(session, me, ticket)),
        proposed_category=category_proposals.find_for_ticket(session, me, ticket),
        waiting_for_assignee=queue.is_waiting(session, me, ticket),
        description=ticket.description,
        description_html=rendering.to_html(ticket.description),
        tags=tickets.list_tags(session, ticket),
        fields={
            held.field.key: _to_field_value(held)
            for held in custom_field_values.list_for_ticket(session, me, ticket)
        },
        blocked=links.find_obstacle(session, me, ticket) if ticket.open else None,
        links=to_links(session, me, ticket),
        merged_into=into.id if (into := merge_preview.find_target_ticket(session, me, ticket)) else None,
        merged=[
            MergedTicket(number=m.number or 0, title=m.title, at=m.at)
            for m in merge_preview.list_sources(session, me, ticket)
        ],
        participants=[Reference(id=p.id, name=p.name) for p in cc.list_for_ticket(session, me, ticket)],
        attachments=[to_file(f) for f in files if f.comment_id is None],
    )
