"""Tickets: list, open, read, change, delete."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field, create_model
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    MAX_ID,
    Cursor,
    Flag,
    Id,
    Limit,
    Page,
    PathNumber,
    RequestSchema,
    StorableText,
    Version,
    json_response,
    no_content,
)
from api.tickets import field_schemas
from api.tickets.conflicts import attach_current_ticket
from api.tickets.field_schemas import FieldInput, SortName
from api.tickets.ticket_schemas import TicketFull, TicketLine, build_page_response, to_full_ticket
from lib.access import ticket_versions
from lib.catalog import categories
from lib.catalog.ticket_fields import LEVELS
from lib.lists import filters, query_language, saved_views, ticket_list
from lib.markdown import rendering
from lib.tickets import field_verbs, tickets
from lib.transactions import Session, act, see

router = APIRouter(tags=["tickets"])

FilterValues = list[StorableText]


class TicketFiltersBase(RequestSchema):
    """What narrows a list besides fields; repeated means or, a leading `!` means not."""

    q: FilterValues = Field([], description="words and qualifiers, as in the search box")
    kind: FilterValues = Field(
        [], description="`todo`, `active`, `blocked`, `paused`, `done`, or `open` for all but done"
    )
    last_word: FilterValues = Field(
        [], description="`requester`: the last public message is by someone who doesn't work the ticket"
    )
    answered: FilterValues = Field(
        [], description="`yes`: it has a first response, `no`: it still waits for one"
    )
    opened_by: FilterValues = Field(
        [],
        description="`requester`: the requester opened it, `staff`: someone who works it did, for themselves or on "
        "behalf of its requester, so no first response is due",
    )


TicketFilters: Any = create_model("Filters", __base__=TicketFiltersBase, **field_schemas.list_filters())
"""All that narrows a list: `TicketFiltersBase`, and the fields that have a filter."""


class TicketQuery(TicketFilters):
    """Filters, sort order and cursor of a page."""

    view: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(
        None, description="the id of a saved view, which narrows the list further and sorts it"
    )
    sort: SortName | None = Field(None, description="by default the view's sort order, or `-updated`")
    limit: Limit = 50
    cursor: Cursor = None


class NewTicketBase(RequestSchema):
    """A ticket to create, for yourself unless `requester` is set. The default priority is that of its category."""

    title: StorableText
    description: StorableText = ""
    category: Id | StorableText | None = Field(None, description="by id or name")
    proposed_category: StorableText = Field("", description="proposed name of a missing category, for staff")
    team: Id | None = None
    requester: Id | None = None
    assignee: Id | Literal["me"] | None = None
    tags: list[StorableText] = Field(default_factory=list, description="staff")
    due: date | None = Field(None, description="the day by whose end it should be done; staff")
    fields: dict[StorableText, FieldInput] = Field(default_factory=dict, description="custom fields by key")
    confidential: Flag = False
    attachments: list[StorableText] = Field(default_factory=list, description="ids of your uploads")


NewTicket: Any = create_model(
    "NewTicket", __base__=NewTicketBase, __doc__=NewTicketBase.__doc__, **field_schemas.list_new_properties()
)
"""The same with its levels."""


class TicketChangeBase(RequestSchema):
    """The changes. Fields that are left out stay the same."""

    version: Version


TicketChange: Any = create_model(
    "TicketChange",
    __base__=TicketChangeBase,
    __doc__=TicketChangeBase.__doc__,
    **field_schemas.list_change_properties(),
)
"""The same with all fields that can be changed."""


class TicketPage(Page[TicketLine]):
    """A page of tickets. `not_understood` says in sentences which parts of `q` were ignored."""

    not_understood: list[str]


@router.get("/tickets", response_model=TicketPage)
def list_tickets(me: Me, narrowing: Annotated[TicketQuery, Query()]) -> Response:
    """List the tickets you may see."""
    given = {name: getattr(narrowing, name) for name in filters.FIELDS}
    with see() as session:
        asked, sort = query_language.parse_parameters(session, me, given), narrowing.sort
        if narrowing.view is not None:
            view = saved_views.get(session, me, narrowing.view)
            asked, sort = (
                query_language.combine(
                    asked, query_language.parse_parameters(session, me, {"q": [view.line]})
                ),
                sort or view.sort,
            )
        page = ticket_list.get_page(
            session,
            me,
            asked.narrowed,
            sort=sort or "-updated",
            cursor=narrowing.cursor,
            limit=narrowing.limit,
        )
    return build_page_response(page.rows, page.next, not_understood=asked.puzzled)


@router.post("/tickets", status_code=201, response_model=TicketFull)
def create_ticket(creating: CreateDependency, form: NewTicket) -> Response:
    """Create a ticket."""
    rendering.prerender(form.description)

    def create(session: Session) -> CreatedResource:
        ticket = tickets.create(
            session,
            creating.me,
            title=form.title,
            description=form.description,
            category_id=None if form.category is None else categories.get(session, form.category).id,
            **field_schemas.parse_fields(creating.me, form, LEVELS),
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
        return CreatedResource(f"/tickets/{ticket.id}", to_full_ticket(session, creating.me, ticket))

    return creating.once(form, create)


@router.get("/tickets/{number}", response_model=TicketFull)
def get_ticket(me: Me, number: PathNumber) -> Response:
    """Get a ticket."""
    with see() as session:
        return json_response(to_full_ticket(session, me, tickets.find(session, me, number)))


@router.patch("/tickets/{number}", response_model=TicketFull)
def update_ticket(me: Me, number: PathNumber, form: TicketChange) -> Response:
    """Change fields of a ticket. All changes are made or none. 409 if it changed since `version`."""
    rendering.prerender(form.description or "")
    with attach_current_ticket(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        ticket_versions.must_be(me, ticket, form.version)
        for name, to in field_schemas.parse_fields(me, form, field_verbs.VERBS).items():
            seen = ticket_versions.visible_version(me, ticket)
            field_verbs.change(session, me, ticket, name=name, to=to, seen=seen)
        return json_response(to_full_ticket(session, me, ticket))


@router.delete("/tickets/{number}", status_code=204)
def delete_ticket(me: Me, number: PathNumber, reason: Annotated[StorableText, Query()]) -> Response:
    """Delete a ticket for everyone, with a reason for the audit log."""
    with act() as session:
        tickets.delete(session, me, tickets.find(session, me, number, to_change=True), reason=reason)
    return no_content()
