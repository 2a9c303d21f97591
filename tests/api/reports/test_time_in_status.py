"""Time in status, over the API."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta

from lib.catalog import statuses
from lib.core import clock
from lib.reports import ticket_export
from lib.tickets import tickets
from lib.transactions import act
from tests import cast
from tests.api.conftest import problem


def test_time_in_statuses_is_told_for_one_ticket_and_across(desk):
    now = clock.now()
    with clock.travel_to(now - timedelta(days=3)):
        number = cast.create_ticket(desk.company.sam)
    with clock.travel_to(now - timedelta(days=1)), act() as session:
        ticket = tickets.find(session, desk.company.rita, number, to_change=True)
        tickets.move(
            session, desk.company.rita, ticket, to=statuses.get(session, "In Progress"), seen=ticket.version
        )
    with clock.travel_to(now):
        course = desk.rita.get(f"tickets/{number}/stays").json()
    assert [(s["status"]["name"], s["seconds"] // 86400) for s in course["stays"]] == [
        ("To-Do", 2),
        ("In Progress", 1),
    ]
    assert course["shares"][0]["times"] == 1 and course["stays"][1]["ended"] is None
    span = f"from={(now - timedelta(days=7)).date()}&to={now.date()}"
    lines = {line["status"]["name"]: line for line in desk.mona.get(f"status-times?{span}").json()["items"]}
    assert lines["To-Do"]["left"] == {"n": 1, "median": 172800, "p90": 172800, "mean": 172800}
    assert lines["In Progress"]["standing"]["n"] == 1 and "Completed" not in lines
    assert desk.mona.get(f"status-times?{span}").json()["backlog"] == 1
    none = desk.mona.get(f"status-times?{span}&team={desk.company.facilities}").json()["items"]
    assert not any(line["left"]["n"] for line in none)
    assert desk.sam.get(f"tickets/{number}/stays").status_code == 200
    problem(desk.bob.get(f"tickets/{number}/stays"), 404)
    problem(desk.sam.get(f"status-times?{span}"), 403)
    problem(desk.mona.get("status-times?from=2020-01-01&to=2026-01-01"), 422)
    problem(desk.mona.get("status-times?from=0001-01-01&to=9999-12-31"), 422)
    problem(desk.mona.get("status-times?from=2026-02-01&to=2026-01-01"), 422)


def test_it_is_a_file_too_in_minutes_for_the_same_people_with_nothing_a_spreadsheet_calculates(desk):
    now = clock.now()
    with act() as session:
        statuses.rename(session, desk.company.ada, statuses.get(session, "To-Do"), name="=1+1")
    with clock.travel_to(now - timedelta(hours=3)):
        number = cast.create_ticket(desk.company.sam)
    with clock.travel_to(now - timedelta(hours=1)), act() as session:
        ticket = tickets.find(session, desk.company.rita, number, to_change=True)
        started = statuses.get(session, "In Progress")
        tickets.move(session, desk.company.rita, ticket, to=started, seen=ticket.version)
    span = f"from={(now - timedelta(days=7)).date()}&to={now.date()}"
    told = desk.mona.get(f"status-times?{span}&format=csv")
    assert told.headers["content-type"] == ticket_export.CONTENT_TYPES["csv"]
    assert told.headers["content-disposition"] == 'attachment; filename="where-time-goes.csv"'
    head, *lines = csv.reader(io.StringIO(told.content.decode("utf-8-sig"), newline=""))
    assert head[:4] == ["status", "left count", "left median minutes", "left 90th percentile minutes"]
    rows = {line[0]: line[1:] for line in lines}
    assert rows["'=1+1"] == ["1", "120", "120", "120", "0", "", "", ""] and "Completed" not in rows
    assert rows["In Progress"][4:5] == ["1"] and 60 <= int(rows["In Progress"][5]) <= 62
    none = desk.mona.get(f"status-times?{span}&team={desk.company.facilities}&format=csv").text
    assert "120" not in none
    book = desk.mona.get(f"status-times?{span}&format=xlsx")
    assert book.headers["content-disposition"] == 'attachment; filename="where-time-goes.xlsx"'
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet and "<v>120</v>" in sheet
        assert "<t>=1+1</t>" in sheet
    for kind in ("csv", "xlsx"):
        problem(desk.sam.get(f"status-times?{span}&format={kind}"), 403)
    problem(desk.mona.get(f"status-times?{span}&format=pdf"), 422)


def test_days_are_those_of_the_zone_that_is_asked_for(desk):
    with clock.travel_to(datetime(2026, 3, 10, 8, tzinfo=UTC)):
        number = cast.create_ticket(desk.company.sam)
    with clock.travel_to(datetime(2026, 3, 10, 20, 30, tzinfo=UTC)), act() as session:  # the 11th on Tonga
        ticket = tickets.find(session, desk.company.rita, number, to_change=True)
        started = statuses.get(session, "In Progress")
        tickets.move(session, desk.company.rita, ticket, to=started, seen=ticket.version)
    found = {
        (day, zone): sum(
            line["left"]["n"]
            for line in desk.mona.get(f"status-times?from={day}&to={day}{zone}").json()["items"]
        )
        for day in ("2026-03-10", "2026-03-11")
        for zone in ("", "&zone=Pacific/Tongatapu")
    }
    assert [found[key] for key in sorted(found)] == [1, 0, 0, 1]
