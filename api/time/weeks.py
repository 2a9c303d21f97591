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
    """The person, by default you, and a day of the week, by default today."""

    person: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    day: date | None = None


class WeekLine(ResponseSchema):
    """Minutes on one ticket, from Monday. `ticket` is null for tickets that you can't see."""

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
    """Your total time on a ticket and day, `0` for none."""

    ticket: Id
    day: date
    time: StorableText


class MonthChange(RequestSchema):
    """A month, given by any day in it, and its new state. `person` is you by default."""

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
    """Get a week of your timesheet, or of a person whose time you manage."""
    with see() as session:
        return json_response(_load_week(session, me, asked.person, asked.day))


@router.put("/time-week", response_model=Week)
def fill_week_cell(me: Me, form: WeekCell) -> Response:
    """Set one cell of your timesheet."""
    with act() as session:
        minutes = 0 if form.time.strip() == "0" else durations.parse(form.time)
        weeks.set_day_minutes(session, me, form.ticket, day=form.day, minutes=minutes)
        return json_response(_load_week(session, me, None, form.day))


@router.put("/time-months", status_code=204)
def set_month_state(me: Me, form: MonthChange) -> Response:
    """Submit your own month, or approve or reopen that of a person whose time you manage."""
    person = form.person or me.person_id
    with act() as session:
        if form.state == "submitted":
            timesheets.submit(session, me, form.month)
        elif form.state == "approved":
            timesheets.approve(session, me, person, day=form.month)
        else:
            timesheets.reopen(session, me, person, day=form.month)
    return no_content()
