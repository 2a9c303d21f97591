"""Tickets: list, open, read, change, delete."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field, create_model
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.schemas import (
    HIGHEST,
    Cursor,
    Flag,
    Form,
    Id,
    Limit,
    Number,
    Page,
    Version,
    Words,
    done,
    shown,
    unset,
)
from api.tickets import field_schemas
from api.tickets.conflicts import facing
from api.tickets.field_schemas import SortName
from api.tickets.ticket_schemas import PriorityName, TicketFull, TicketLine, full, lines
from db.vocabulary import Priority
from lib.access import ticket_versions
from lib.access.gate import Actor
from lib.catalog import categories, custom_field_values, statuses
from lib.lists import filters, query_language, saved_views, ticket_list
from lib.markdown import rendering
from lib.people import teams
from lib.tickets import tickets
from lib.tickets.tickets import Ticket
from lib.transactions import Session, act, see

router = APIRouter(tags=["tickets"])

Some = list[Words]


class Asked(Form):
    """What narrows a list besides fields; repeated means or, a leading `!` means not."""

    q: Some = Field([], description="words and qualifiers, as in the search box")
    kind: Some = Field(
        [], description="`todo`, `active`, `blocked`, `paused`, `done`, or `open` for all but done"
    )
    last_word: Some = Field(
        [], description="`requester`: the last public message is by someone who doesn't work the ticket"
    )
    answered: Some = Field([], description="`yes`: it has a first response, `no`: it still waits for one")
    opened_by: Some = Field(
        [],
        description="`requester`: the requester opened it, `staff`: someone who works it did, for themselves or on "
        "behalf of its requester, so no first response is due",
    )


Filters: Any = create_model("Filters", __base__=Asked, **field_schemas.filters())
"""All that narrows a list: `Asked`, and the fields that have a filter."""


class Narrowing(Filters):
    """Filters, order and place of a page."""

    view: Annotated[int, Field(ge=1, le=HIGHEST)] | None = Field(
        None, description="the id of a saved view, which narrows the list further and sorts it"
    )
    sort: SortName | None = Field(None, description="by default the view's, or `-updated`")
    limit: Limit = 50
    cursor: Cursor = None


FieldGiven = Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True)] | Words | None
"""A text, a number, a date as text, a choice by name or id, a person by id; null for none."""


class NewTicket(Form):
    """A ticket to open, for yourself unless `requester` says otherwise."""

    title: Words
    description: Words = ""
    priority: PriorityName | None = Field(None, description="without one, that of its category")
    category: Id | Words | None = Field(None, description="by id or name")
    proposed_category: Words = Field(
        "", description="the name of one that is missing, for an administrator; staff"
    )
    team: Id | None = None
    requester: Id | None = None
    assignee: Id | Literal["me"] | None = None
    tags: list[Words] = Field(default_factory=list, description="staff")
    due: date | None = Field(None, description="the day by whose end it should be done; staff")
    fields: dict[Words, FieldGiven] = Field(default_factory=dict, description="the desk's own, by key")
    confidential: Flag = False
    attachments: list[Words] = Field(default_factory=list, description="ids of your uploads")


class TicketChange(Form):
    """What is to be changed; what is left out stays."""

    version: Version
    title: Words = unset()
    description: Words = unset()
    priority: PriorityName = unset()
    category: Id | Words = unset()
    team: Id = unset()
    tags: list[Words] = unset()
    fields: dict[Words, FieldGiven] = unset()
    due: date | None = unset()
    confidential: Flag = unset()
    assignee: Id | Literal["me"] | None = unset()
    status: Id | Words = unset()


class TicketPage(Page[TicketLine]):
    """A page of tickets; `not_understood` says in sentences which parts of `q` were left out."""

    not_understood: list[str]


@router.get("/tickets", response_model=TicketPage)
def find(me: Me, narrowing: Annotated[Narrowing, Query()]) -> Response:
    """List the tickets you may see."""
    given = {name: getattr(narrowing, name) for name in filters.FIELDS}
    with see() as session:
        asked, sort = query_language.narrow(session, me, given), narrowing.sort
        if narrowing.view is not None:
            view = saved_views.find(session, me, narrowing.view)
            asked, sort = (
                query_language.both(asked, query_language.narrow(session, me, {"q": [view.line]})),
                sort or view.sort,
            )
        page = ticket_list.page(
            session,
            me,
            asked.narrowed,
            sort=sort or "-updated",
            cursor=narrowing.cursor,
            limit=narrowing.limit,
        )
    return lines(page.rows, page.next, not_understood=asked.puzzled)


@router.post("/tickets", status_code=201, response_model=TicketFull)
def open_(creating: Creating, form: NewTicket) -> Response:
    """Open a ticket."""
    rendering.ahead(form.description)

    def deed(session: Session) -> Made:
        ticket = tickets.create(
            session,
            creating.me,
            title=form.title,
            description=form.description,
            category_id=None if form.category is None else categories.find(session, form.category).id,
            priority=None if form.priority is None else Priority[form.priority.upper()],
            proposed_category=form.proposed_category,
            team_id=form.team,
            requester_id=form.requester,
            tags=form.tags,
            due_on=form.due,
            fields=form.fields,
            files=form.attachments,
            confidential=form.confidential,
            assignee_id=creating.me.id if form.assignee == "me" else form.assignee,
        )
        return Made(f"/tickets/{ticket.id}", full(session, creating.me, ticket))

    return creating.once(form, deed)


@router.get("/tickets/{number}", response_model=TicketFull)
def show(me: Me, number: Number) -> Response:
    """Read a ticket."""
    with see() as session:
        return shown(full(session, me, tickets.find(session, me, number)))


@router.patch("/tickets/{number}", response_model=TicketFull)
def change(me: Me, number: Number, form: TicketChange) -> Response:
    """Change any fields of a ticket, all of them or none; 409 when it was changed since `version`."""
    rendering.ahead(form.description or "")
    with facing(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        ticket_versions.must_be(me, ticket, form.version)
        for name, verb in CHANGES.items():
            if name in form.model_fields_set:
                verb(session, me, ticket, getattr(form, name))
        return shown(full(session, me, ticket))


@router.delete("/tickets/{number}", status_code=204)
def delete(me: Me, number: Number, reason: Annotated[Words, Query()]) -> Response:
    """Take a ticket out of everybody's sight, for a reason that the audit keeps."""
    with act() as session:
        tickets.delete(session, me, tickets.find(session, me, number, to_change=True), reason=reason)
    return done()


def _assign(session: Session, me: Actor, ticket: Ticket, to: int | str | None) -> None:
    if to is None:
        tickets.unassign(session, me, ticket, seen=ticket_versions.of(me, ticket))
    else:
        tickets.assign(
            session,
            me,
            ticket,
            to=me.person_id if to == "me" else int(to),
            seen=ticket_versions.of(me, ticket),
        )


Verb = Callable[[Session, Actor, Ticket, Any], None]
CHANGES: dict[str, Verb] = {
    "title": lambda s, me, t, to: tickets.rename(s, me, t, title=to, seen=ticket_versions.of(me, t)),
    "description": lambda s, me, t, to: tickets.describe(
        s, me, t, description=to, seen=ticket_versions.of(me, t)
    ),
    "priority": lambda s, me, t, to: tickets.prioritize(
        s, me, t, priority=Priority[to.upper()], seen=ticket_versions.of(me, t)
    ),
    "category": lambda s, me, t, to: tickets.categorize(
        s, me, t, category=categories.find(s, to), seen=ticket_versions.of(me, t)
    ),
    "tags": lambda s, me, t, to: tickets.tag(s, me, t, tags=to, seen=ticket_versions.of(me, t)),
    "fields": lambda s, me, t, to: custom_field_values.put(
        s, me, t, given=to, seen=ticket_versions.of(me, t)
    ),
    "status": lambda s, me, t, to: tickets.move(
        s, me, t, to=statuses.find(s, to), seen=ticket_versions.of(me, t)
    ),
    "due": lambda s, me, t, to: tickets.schedule(s, me, t, due_on=to, seen=ticket_versions.of(me, t)),
    "team": lambda s, me, t, to: tickets.give_team(
        s, me, t, team=teams.find(s, to), seen=ticket_versions.of(me, t)
    ),
    "assignee": _assign,
    "confidential": lambda s, me, t, to: tickets.guard(
        s, me, t, confidential=to, seen=ticket_versions.of(me, t)
    ),
}
"""The verb for each field, in the order in which they are done: last come those that may end the actor's view."""
