"""Reports of hours, as data and as files."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import RequestSchema, ResponseSchema, StorableText, json_response
from api.shared.table_files import FileType, build_file_response
from lib.reports import time_report
from lib.timekeeping import rates
from lib.transactions import see

router = APIRouter(tags=["time"])


class TimeReportQuery(RequestSchema):
    """Grouping, period, and the first and last day, both included."""

    by: StorableText = Field(
        "person", description="up to three, separated by commas: person, team, ticket, category, tag and more"
    )
    per: Literal["day", "week", "month", "quarter", "year"] | None = None
    from_: date = Field(alias="from")
    to: date
    cost: bool = Field(False, description="include costs, with the permission `rate.manage`")
    format: Literal["json"] | FileType = "json"


class TimeReportGroup(ResponseSchema):
    """Minutes of one group; `period` is its period's first day, `cost` is in hundredths.

    `estimate` are the minutes that its tickets with an estimate are expected to take, `estimated` the minutes logged on
    those; both are null unless each ticket is in one group.
    """

    values: list[str]
    period: date | None
    minutes: int
    estimate: int | None
    estimated: int | None
    cost: int | None


class TimeReport(ResponseSchema):
    """Groups, and the total that they add up to, in minutes, with estimate and cost likewise.

    `unpriced` are minutes for which no rate is set. `unseen` are minutes in timesheets that you may open, on tickets
    that you can't see or your reports don't cover; the total doesn't hold them.
    """

    by: list[str]
    groups: list[TimeReportGroup]
    total: int
    unseen: int
    estimate: int | None
    estimated: int | None
    cost: int | None
    currency: str | None
    unpriced: int


@router.get("/time-report", response_model=TimeReport)
def get_time_report(me: Me, asked: Annotated[TimeReportQuery, Query()]) -> Response:
    """Report logged time: your own, or with a wider `report.view` that on your teams' tickets."""
    by = tuple(part.strip() for part in asked.by.split(",") if part.strip())
    with see() as session:
        found = time_report.build_report(
            session, me, by=by, per=asked.per, since=asked.from_, until=asked.to, cost=asked.cost
        )
    if asked.format != "json":
        return build_file_response([time_report.to_rows(found)], name="hours", kind=asked.format)
    groups = [
        TimeReportGroup(
            values=list(g.values),
            period=g.period,
            minutes=g.minutes,
            estimate=g.estimate,
            estimated=g.estimated,
            cost=g.cost,
        )
        for g in found.groups
    ]
    report = TimeReport(
        by=list(found.by),
        groups=groups,
        total=found.total,
        unseen=found.unseen,
        estimate=found.estimate,
        estimated=found.estimated,
        cost=found.cost,
        currency=rates.currency() if asked.cost else None,
        unpriced=found.unpriced,
    )
    return json_response(report)
