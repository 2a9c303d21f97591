"""Where time goes: how long tickets stand in each status."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Form, Number, Shape, Words, shown
from api.shared.table_files import Kind, sheet
from api.tickets.ticket_schemas import StatusName
from lib.core import time_zones
from lib.lists import filters
from lib.reports import status_timeline, time_in_status
from lib.reports.response_times import Spread
from lib.reports.status_timeline import Standing
from lib.tickets import tickets
from lib.transactions import see

router = APIRouter(tags=["time"])


class Asked(Form):
    """From which day to which, both included, in your time zone; of which teams and categories."""

    from_: date = Field(alias="from")
    to: date
    team: list[Words] = Field(default_factory=list)
    category: list[Words] = Field(default_factory=list)
    zone: Words | None = Field(
        None, description="your time zone, where your profile has none: `Europe/Berlin`"
    )
    format: Literal["json"] | Kind = "json"


class Durations(Shape):
    """How many, their median, the one that nine in ten do not exceed, and their mean, in seconds."""

    n: int
    median: int | None
    p90: int | None
    mean: int | None


class StatusTime(Shape):
    """Stays that ended in the period (`left`), and those of tickets that stand there now (`standing`)."""

    status: StatusName
    left: Durations
    standing: Durations


class StatusTimes(Shape):
    """A line for each status that is not done; `backlog` is the number of open tickets in all of them now."""

    items: list[StatusTime]
    backlog: int


class Stay(Shape):
    """Seconds in one status, null while the ticket was merged; `ended` is null where it stands now."""

    status: StatusName | None
    began: datetime
    ended: datetime | None
    seconds: int


class Share(Shape):
    """All the seconds in one status, and how many stays they are."""

    status: StatusName
    seconds: int
    times: int


class Course(Shape):
    """Where a ticket stood, first to last, and in all by status; what was done last waits for nobody."""

    stays: list[Stay]
    shares: list[Share]


@router.get("/status-times", response_model=StatusTimes)
def read(me: Me, asked: Annotated[Asked, Query()]) -> Response:
    """Report how long tickets stood in each status: those that your `report.view` reaches."""
    with see() as session:
        zone = time_zones.find(me.timezone or asked.zone, default=me.desk_timezone)
        narrowed = filters.narrow(session, me, {"team": asked.team, "category": asked.category})
        since, until = time_in_status.span(asked.from_, asked.to, zone)
        found = time_in_status.report(session, me, since=since, until=until, narrowed=narrowed)
    if asked.format != "json":
        return sheet([time_in_status.lines(found)], name="where-time-goes", kind=asked.format)
    lines = [
        StatusTime(
            status=_status(each.status), left=_durations(each.left), standing=_durations(each.standing)
        )
        for each in found
    ]
    return shown(StatusTimes(items=lines, backlog=sum(each.standing.n for each in found)))


@router.get("/tickets/{number}/stays", response_model=Course)
def of(me: Me, number: Number) -> Response:
    """Read where a ticket stood, from when to when."""
    with see() as session:
        found = status_timeline.of(session, me, tickets.find(session, me, number))
    return shown(
        Course(
            stays=[
                Stay(
                    status=_status(stay.status) if stay.status else None,
                    began=stay.began,
                    ended=stay.ended,
                    seconds=stay.seconds,
                )
                for stay in found.stays
            ],
            shares=[
                Share(status=_status(share.status), seconds=share.seconds, times=share.times)
                for share in found.shares
            ],
        )
    )


def _status(standing: Standing) -> StatusName:
    return StatusName(id=standing.id, name=standing.name, kind=standing.kind.value)


def _durations(spread: Spread) -> Durations:
    return Durations(n=spread.n, median=spread.median, p90=spread.p90, mean=spread.mean)
