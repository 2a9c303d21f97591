"""Weeks and months of time: filled cell by cell, submitted, approved, opened again."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import HIGHEST, Form, Id, Named, Shape, Words, done, shown
from lib.access.gate import Actor
from lib.timekeeping import durations, local_dates, timesheets, weeks
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class Asked(Form):
    """Whose week, by default your own, and a day in it, by default today."""

    person: Annotated[int, Field(ge=1, le=HIGHEST)] | None = None
    day: date | None = None


class Line(Shape):
    """Minutes on one ticket, Monday first; `ticket` is null for those that you don't see."""

    ticket: int | None
    title: str | None
    minutes: list[int]


class Week(Shape):
    """Seven days from Monday on; `months` says how far each day's month is settled."""

    person: Named
    first: date
    lines: list[Line]
    totals: list[int]
    months: list[str]


class Cell(Form):
    """What your time on a ticket and day comes to; `0` for nothing."""

    ticket: Id
    day: date
    time: Words


class Month(Form):
    """How far a month is to be settled, given by any day in it; `person` is you unless it says otherwise."""

    month: date
    state: Literal["open", "submitted", "approved"]
    person: Id | None = None


def _week(session: Session, me: Actor, person: int | None, day: date | None) -> Week:
    session.flush()
    day = day or local_dates.today(me.zone)
    found = weeks.of(session, me, person_id=person or me.person_id, day=day)
    return Week(
        person=Named(id=found.person_id, name=found.name),
        first=found.first,
        lines=[
            Line(ticket=line.ticket or None, title=line.title, minutes=list(line.minutes))
            for line in found.lines
        ],
        totals=list(found.totals),
        months=list(found.states),
    )


@router.get("/time-week", response_model=Week)
def read(me: Me, asked: Annotated[Asked, Query()]) -> Response:
    """Read a week: your own, or that of somebody whose time you manage."""
    with see() as session:
        return shown(_week(session, me, asked.person, asked.day))


@router.put("/time-week", response_model=Week)
def fill(me: Me, form: Cell) -> Response:
    """Fill one cell of your own week."""
    with act() as session:
        minutes = 0 if form.time.strip() == "0" else durations.parse(form.time)
        weeks.fill(session, me, form.ticket, day=form.day, minutes=minutes)
        return shown(_week(session, me, None, form.day))


@router.put("/time-months", status_code=204)
def settle(me: Me, form: Month) -> Response:
    """Submit your own month; approve or open again one of somebody whose time you manage."""
    person = form.person or me.person_id
    with act() as session:
        if form.state == "submitted":
            timesheets.submit(session, me, form.month)
        elif form.state == "approved":
            timesheets.approve(session, me, person, day=form.month)
        else:
            timesheets.reopen(session, me, person, day=form.month)
    return done()
