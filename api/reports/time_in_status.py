"""Time in status: how long tickets are in each status."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import PathNumber, RequestSchema, ResponseSchema, StorableText, json_response
from api.shared.table_files import FileType, build_file_response
from api.tickets.field_schemas import StatusName
from lib.core import time_zones
from lib.lists import filters
from lib.reports import status_timeline, time_in_status
from lib.reports.response_times import DurationSummary
from lib.reports.status_timeline import ReportedStatus
from lib.tickets import tickets
from lib.transactions import see

router = APIRouter(tags=["time"])


class StatusTimesQuery(RequestSchema):
    """From which day to which, both included, in your time zone; of which teams and categories."""

    from_: date = Field(alias="from")
    to: date
    team: list[StorableText] = Field(default_factory=list)
    category: list[StorableText] = Field(default_factory=list)
    zone: StorableText | None = Field(
        None, description="your time zone, if your profile has none: `Europe/Berlin`"
    )
    format: Literal["json"] | FileType = "json"


class Durations(ResponseSchema):
    """Count, median, 90th percentile and mean, in seconds."""

    n: int
    median: int | None
    p90: int | None
    mean: int | None


class StatusTime(ResponseSchema):
    """Times in a status that ended in the period (`left`), and of tickets currently in it (`standing`)."""

    status: StatusName
    left: Durations
    standing: Durations


class StatusTimes(ResponseSchema):
    """A line for each status that is not done; `backlog` is the number of open tickets in all of them now."""

    items: list[StatusTime]
    backlog: int


class StatusPeriod(ResponseSchema):
    """Seconds in one status, null while the ticket was merged; `ended` is null where it stands now."""

    status: StatusName | None
    began: datetime
    ended: datetime | None
    seconds: int


class StatusShare(ResponseSchema):
    """Total seconds in one status, and the number of times the ticket entered it."""

    status: StatusName
    seconds: int
    times: int


class StatusTimeline(ResponseSchema):
    """The status timeline of a ticket and the total for each status. The last Done status has no duration."""

    stays: list[StatusPeriod]
    shares: list[StatusShare]


@router.get("/status-times", response_model=StatusTimes)
def get_status_times(me: Me, asked: Annotated[StatusTimesQuery, Query()]) -> Response:
    """Report how long tickets were in each status, as far as your `report.view` reaches."""
    with see() as session:
        zone = time_zones.find(me.timezone or asked.zone, default=me.desk_timezone)
        narrowed = filters.parse_parameters(session, me, {"team": asked.team, "category": asked.category})
        since, until = time_in_status.to_time_range(asked.from_, asked.to, zone)
        found = time_in_status.build_report(session, me, since=since, until=until, narrowed=narrowed)
    if asked.format != "json":
        return build_file_response([time_in_status.to_rows(found)], name="where-time-goes", kind=asked.format)
    lines = [
        StatusTime(
            status=_to_status(each.status),
            left=_to_durations(each.left),
            standing=_to_durations(each.standing),
        )
        for each in found
    ]
    return json_response(StatusTimes(items=lines, backlog=sum(each.standing.n for each in found)))


@router.get("/tickets/{number}/stays", response_model=StatusTimeline)
def get_status_timeline(me: Me, number: PathNumber) -> Response:
    """Get the status timeline of a ticket."""
    with see() as session:
        found = status_timeline.get_for_ticket(session, me, tickets.find(session, me, number))
    return json_response(
        StatusTimeline(
            stays=[
                StatusPeriod(
                    status=_to_status(stay.status) if stay.status else None,
                    began=stay.began,
                    ended=stay.ended,
                    seconds=stay.seconds,
                )
                for stay in found.stays
            ],
            shares=[
                StatusShare(status=_to_status(share.status), seconds=share.seconds, times=share.times)
                for share in found.shares
            ],
        )
    )


def _to_status(standing: ReportedStatus) -> StatusName:
    return StatusName(id=standing.id, name=standing.name, kind=standing.kind.value)


def _to_durations(spread: DurationSummary) -> Durations:
    return Durations(n=spread.n, median=spread.median, p90=spread.p90, mean=spread.mean)
