"""Weeks and months of time: filled cell by cell, submitted, approved, opened again."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import (
    MAX_ID,
    Id,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    json_response,
    no_content,
)
from lib.access.gate import Actor
from lib.timekeeping import durations, local_dates, timesheets, weeks
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class WeekQuery(RequestSchema):
    """Whose week, by default your own, and a day in it, by default today."""

    person: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    day: date | None = None


class WeekLine(ResponseSchema):
    """Minutes on one ticket, Monday first; `ticket` is null for those that you don't see."""

    ticket: int | None
    title: str | None
    minutes: list[int]


class Week(ResponseSchema):
    """Seven days from Monday on; `months` says how far each day's month is settled."""

    person: Reference
    first: date
    lines: list[WeekLine]
    totals: list[int]
    months: list[str]


class WeekCell(RequestSchema):
    """What your time on a ticket and day comes to; `0` for nothing."""

    ticket: Id
    day: date
    time: StorableText


class MonthChange(RequestSchema):
    """How far a month is to be settled, given by any day in it; `person` is you unless it says otherwise."""

    month: date
    state: Literal["open", "submitted", "approved"]
    person: Id | None = None


def _load_week(session: Session, me: Actor, person: int | None, day: date | None) -> Week:
    session.flush()
    day = day or local_dates.today(me.zone)
    found = weeks.get(session, me, person_id=person or me.person_id, day=day)
    return Week(
        person=Reference(id=found.person_id, name=found.name),
        first=found.first,
        lines=[
            WeekLine(ticket=line.ticket or None, title=line.title, minutes=list(line.minutes))
            for line in found.lines
        ],
        totals=list(found.totals),
        months=list(found.states),
    )


@router.get("/time-week", response_model=Week)
def get_week(me: Me, asked: Annotated[WeekQuery, Query()]) -> Response:
    """Read a week: your own, or that of somebody whose time you manage."""
    with see() as session:
        return json_response(_load_week(session, me, asked.person, asked.day))


@router.put("/time-week", response_model=Week)
def fill_week_cell(me: Me, form: WeekCell) -> Response:
    """Fill one cell of your own week."""
    with act() as session:
        minutes = 0 if form.time.strip() == "0" else durations.parse(form.time)
        weeks.set_day_minutes(session, me, form.ticket, day=form.day, minutes=minutes)
        return json_response(_load_week(session, me, None, form.day))


@router.put("/time-months", status_code=204)
def set_month_state(me: Me, form: MonthChange) -> Response:
    """Submit your own month; approve or open again one of somebody whose time you manage."""
    person = form.person or me.person_id
    with act() as session:
        if form.state == "submitted":
            timesheets.submit(session, me, form.month)
        elif form.state == "approved":
            timesheets.approve(session, me, person, day=form.month)
        else:
            timesheets.reopen(session, me, person, day=form.month)
    return no_content()
