"""Time: entries, and what a ticket took."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field
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
from api.time.time_schemas import Minutes, Spent, TimeEntry, entry
from api.time.time_schemas import spent as told
from lib.access.gate import Actor
from lib.core import pagination
from lib.core.errors import Invalid
from lib.tickets import tickets
from lib.timekeeping import activities, durations, entries, local_dates, ticket_totals
from lib.timekeeping.entries import What
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class Narrowing(Form):
    """Which entries; `from` and `to` are days, both included."""

    ticket: Annotated[int, Field(ge=1, le=HIGHEST)] | None = None
    worker: Annotated[int, Field(ge=1, le=HIGHEST)] | None = None
    from_: date | None = Field(None, alias="from")
    to: date | None = None
    limit: Limit = 50
    cursor: Cursor = None


class NewEntry(Form):
    """Time that was worked: `time` as people write it, or `minutes`; by default today, and by you."""

    ticket: Id
    time: Words | None = Field(None, description="90, 1h 30m, 1:30, 90m or 1.5h")
    minutes: Minutes | None = None
    day: date | None = Field(None, description="the worker's own day")
    activity: Id | Words | None = Field(None, description="by id or name")
    note: Words = ""
    billable: Flag = False
    worker: Id | None = None
    started: AwareDatetime | None = Field(None, description="when it began, where that is known")


class EntryChange(Form):
    """What is to be changed; what is left out stays."""

    version: Version
    time: Words = unset()
    minutes: Minutes = unset()
    day: date = unset()
    activity: Id | Words = unset()
    note: Words = unset()
    billable: Flag = unset()


class Estimate(Form):
    """How long the work is expected to take, in minutes, or null."""

    minutes: Annotated[int, Field(strict=True, ge=1, le=ticket_totals.LONGEST)] | None


def _minutes(form: NewEntry | EntryChange) -> int:
    if (form.time is None) == (form.minutes is None):
        raise Invalid("Give either time or minutes.", fields={"time": "Either this or minutes."})
    return durations.parse(form.time) if form.time is not None else form.minutes or 0


def _day(session: Session, me: Actor, worker: int | None, started: datetime | None) -> date:
    there = local_dates.of(session, me, worker or me.person_id)
    return local_dates.on(started, there) if started else local_dates.today(there)


@router.get("/time-entries", response_model=Page[TimeEntry])
def read(me: Me, narrowing: Annotated[Narrowing, Query()]) -> Response:
    """List the entries you may see, written last first: your own, and those on tickets whose time you see."""
    with see() as session:
        cards = entries.listed(
            session,
            me,
            ticket_id=narrowing.ticket,
            worker_id=narrowing.worker,
            since=narrowing.from_,
            until=narrowing.to,
            before=pagination.read("time", narrowing.cursor),
            limit=narrowing.limit + 1,
        )
    items = [entry(card) for card in cards[: narrowing.limit]]
    more = pagination.make("time", items[-1].id) if len(cards) > narrowing.limit else None
    return shown(Page(items=items, next_cursor=more))


@router.post("/time-entries", status_code=201, response_model=TimeEntry)
def log(creating: Creating, form: NewEntry) -> Response:
    """Log time on a ticket, open or closed."""
    me = creating.me

    def deed(session: Session) -> Made:
        ticket = tickets.find(session, me, form.ticket)
        activity = (
            activities.default(session) if form.activity is None else activities.find(session, form.activity)
        )
        day = form.day or _day(session, me, form.worker, form.started)
        what = What(_minutes(form), day, activity.id, form.note, form.billable)
        card = entries.log(session, me, ticket, what=what, worker_id=form.worker, started_at=form.started)
        return Made(f"/time-entries/{card.id}", entry(card))

    return creating.once(form, deed)


@router.get("/time-entries/{id}", response_model=TimeEntry)
def show(me: Me, id: Number) -> Response:
    """Read an entry."""
    with see() as session:
        return shown(entry(entries.show(session, me, id)))


@router.patch("/time-entries/{id}", response_model=TimeEntry)
def change(me: Me, id: Number, form: EntryChange) -> Response:
    """Change an entry while its month is open; 409 when it was changed since `version`."""
    given = form.model_fields_set
    with act() as session:
        row = entries.find(session, me, id)
        what = entries.show(session, me, id).what
        if given & {"time", "minutes"}:
            what = replace(what, minutes=_minutes(form))
        if "activity" in given:
            what = replace(what, activity_id=activities.find(session, form.activity).id)
        what = replace(what, **{name: getattr(form, name) for name in given & {"day", "note", "billable"}})
        entries.change(session, me, row, what=what, seen=form.version)
        return shown(entry(entries.show(session, me, id)))


@router.delete("/time-entries/{id}", status_code=204)
def remove(me: Me, id: Number) -> Response:
    """Take an entry away while its month is open."""
    with act() as session:
        entries.remove(session, me, entries.find(session, me, id))
    return done()


@router.get("/tickets/{number}/time", response_model=Spent)
def total(me: Me, number: Number) -> Response:
    """Read what a ticket took, alone and with its parts."""
    with see() as session:
        return shown(told(ticket_totals.on(session, me, tickets.find(session, me, number))))


@router.put("/tickets/{number}/estimate", response_model=Spent)
def estimate(me: Me, number: Number, form: Estimate) -> Response:
    """Say how long a ticket is expected to take."""
    with act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        ticket_totals.estimate(session, me, ticket, minutes=form.minutes)
        session.flush()
        return shown(told(ticket_totals.on(session, me, ticket)))
