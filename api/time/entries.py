"""Time: entries, and what a ticket took."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field
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
    optional_field,
)
from api.time.time_schemas import Minutes, TicketTime, TimeEntry, to_time_entry
from api.time.time_schemas import to_ticket_time as told
from lib.access.gate import Actor
from lib.core import pagination
from lib.core.errors import Invalid
from lib.tickets import tickets
from lib.timekeeping import activities, durations, entries, local_dates, ticket_totals
from lib.timekeeping.entries import EntryValues
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class TimeEntryQuery(RequestSchema):
    """Which entries; `from` and `to` are days, both included."""

    ticket: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    worker: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    from_: date | None = Field(None, alias="from")
    to: date | None = None
    limit: Limit = 50
    cursor: Cursor = None


class NewTimeEntry(RequestSchema):
    """Time to log: `time` as people write it, or `minutes`. By default today and for you."""

    ticket: Id
    time: StorableText | None = Field(None, description="90, 1h 30m, 1:30, 90m or 1.5h")
    minutes: Minutes | None = None
    day: date | None = Field(None, description="the day in the worker's time zone")
    activity: Id | StorableText | None = Field(None, description="by id or name")
    note: StorableText = ""
    billable: Flag = False
    worker: Id | None = None
    started: AwareDatetime | None = Field(None, description="start time, if known")


class TimeEntryChange(RequestSchema):
    """The changes. Fields that are left out stay the same."""

    version: Version
    time: StorableText = optional_field()
    minutes: Minutes = optional_field()
    day: date = optional_field()
    activity: Id | StorableText = optional_field()
    note: StorableText = optional_field()
    billable: Flag = optional_field()


class Estimate(RequestSchema):
    """How long the work is expected to take, in minutes, or null."""

    minutes: Annotated[int, Field(strict=True, ge=1, le=ticket_totals.MAX_ESTIMATE)] | None


def _parse_minutes(form: NewTimeEntry | TimeEntryChange) -> int:
    if (form.time is None) == (form.minutes is None):
        raise Invalid("Give either time or minutes.", fields={"time": "Use either this or minutes."})
    return durations.parse(form.time) if form.time is not None else form.minutes or 0


def _choose_day(session: Session, me: Actor, worker: int | None, started: datetime | None) -> date:
    there = local_dates.worker_zone(session, me, worker or me.person_id)
    return local_dates.to_date(started, there) if started else local_dates.today(there)


@router.get("/time-entries", response_model=Page[TimeEntry])
def list_time_entries(me: Me, narrowing: Annotated[TimeEntryQuery, Query()]) -> Response:
    """List the time entries you may see, newest first: your own, and those on tickets whose time you may see."""
    with see() as session:
        cards = entries.list_visible(
            session,
            me,
            ticket_id=narrowing.ticket,
            worker_id=narrowing.worker,
            since=narrowing.from_,
            until=narrowing.to,
            before=pagination.parse_id_cursor("time", narrowing.cursor),
            limit=narrowing.limit + 1,
        )
    items = [to_time_entry(card) for card in cards[: narrowing.limit]]
    more = pagination.format_cursor("time", items[-1].id) if len(cards) > narrowing.limit else None
    return json_response(Page(items=items, next_cursor=more))


@router.post("/time-entries", status_code=201, response_model=TimeEntry)
def create_time_entry(creating: CreateDependency, form: NewTimeEntry) -> Response:
    """Log time on a ticket, open or closed."""
    me = creating.me

    def create(session: Session) -> CreatedResource:
        ticket = tickets.find(session, me, form.ticket)
        activity = (
            activities.get_default(session)
            if form.activity is None
            else activities.get(session, form.activity)
        )
        day = form.day or _choose_day(session, me, form.worker, form.started)
        what = EntryValues(_parse_minutes(form), day, activity.id, form.note, form.billable)
        card = entries.log(session, me, ticket, what=what, worker_id=form.worker, started_at=form.started)
        return CreatedResource(f"/time-entries/{card.id}", to_time_entry(card))

    return creating.once(form, create)


@router.get("/time-entries/{id}", response_model=TimeEntry)
def get_time_entry(me: Me, id: PathNumber) -> Response:
    """Get a time entry."""
    with see() as session:
        return json_response(to_time_entry(entries.get_card(session, me, id)))


@router.patch("/time-entries/{id}", response_model=TimeEntry)
def update_time_entry(me: Me, id: PathNumber, form: TimeEntryChange) -> Response:
    """Change an entry while its month is open. 409 if it changed since `version`."""
    given = form.model_fields_set
    with act() as session:
        row = entries.get(session, me, id)
        what = entries.get_card(session, me, id).what
        if given & {"time", "minutes"}:
            what = replace(what, minutes=_parse_minutes(form))
        if "activity" in given:
            what = replace(what, activity_id=activities.get(session, form.activity).id)
        what = replace(what, **{name: getattr(form, name) for name in given & {"day", "note", "billable"}})
        entries.update(session, me, row, what=what, seen=form.version)
        return json_response(to_time_entry(entries.get_card(session, me, id)))


@router.delete("/time-entries/{id}", status_code=204)
def delete_time_entry(me: Me, id: PathNumber) -> Response:
    """Delete a time entry while its month is open."""
    with act() as session:
        entries.remove(session, me, entries.get(session, me, id))
    return no_content()


@router.get("/tickets/{number}/time", response_model=TicketTime)
def get_ticket_time(me: Me, number: PathNumber) -> Response:
    """Get the logged time of a ticket, alone and with its subtasks."""
    with see() as session:
        return json_response(told(ticket_totals.for_ticket(session, me, tickets.find(session, me, number))))


@router.put("/tickets/{number}/estimate", response_model=TicketTime)
def set_estimate(me: Me, number: PathNumber, form: Estimate) -> Response:
    """Say how long a ticket is expected to take."""
    with act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        ticket_totals.set_estimate(session, me, ticket, minutes=form.minutes)
        session.flush()
        return json_response(told(ticket_totals.for_ticket(session, me, ticket)))
