"""The list as a file: what one may export and no more, and nothing in it that a spreadsheet would calculate."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from db.vocabulary import Permission, Scope
from lib.core import clock
from lib.lists import ticket_list
from lib.lists.filters import TicketFilter
from lib.reports import ticket_export
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.api.conftest import problem

pytestmark = pytest.mark.both_databases("exports walk lists, which each database sorts its own way")


FORMULAS = [
    '=HYPERLINK("http://evil")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM",
    "\u200c=1",
]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows(client, **asked):
    answer = client.get("tickets/export", params={"sort": "number", **asked})
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def titles(client, **asked):
    return [row[1] for row in rows(client, **asked)[1:]]


def test_p22_a_spreadsheet_sees_text_in_csv(desk):
    for title in FORMULAS:
        cast.create_ticket(desk.company.sam, title)
    assert titles(desk.mona) == [title if title == "-1" else f"'{title}" for title in FORMULAS]
    for cell in ("\tx", "\rx", "\nx", "=x", " =x", "\u3000=x"):
        assert ticket_export.escape_formula(cell) == f"'{cell}"
    assert ticket_export.escape_formula("a=b") == "a=b" and ticket_export.escape_formula(7) == 7


def test_p22_a_spreadsheet_sees_text_in_xlsx(desk):
    for title in [*FORMULAS, "http://example.org", "7"]:
        cast.create_ticket(desk.company.sam, title)
    answer = desk.mona.get("tickets/export", params={"format": "xlsx", "sort": "number"})
    assert answer.headers["content-type"] == ticket_export.CONTENT_TYPES["xlsx"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert not [name for name in book.namelist() if "hyperlink" in name or "_rels/sheet" in name]
    assert sheet.find(f".//{SHEET}f") is None
    cells = [list(row) for row in sheet.iter(f"{SHEET}row")]
    assert len(cells) == len(FORMULAS) + 3
    for row in cells[1:]:
        assert row[1].get("t") in ("inlineStr", "s")
    told = ["".join(row[1].itertext()) for row in cells[1:]]
    assert [t.strip() for t in told] == [t.strip() for t in [*FORMULAS, "http://example.org", "7"]]


def test_it_is_the_list_that_was_asked_for(desk):
    first = cast.create_ticket(desk.company.sam, "The lamp", tags=["vip"])
    cast.create_ticket(desk.company.sam, "The door, “wide” open\u2028now")
    assert titles(desk.mona, q="is:open tag:vip") == ["The lamp"]
    assert titles(desk.mona, q="-tag:vip", requester=desk.company.sam.id) == [
        desk.mona.get("tickets/2").json()["title"]
    ]
    heading, row = rows(desk.mona, tag="vip", zone="Asia/Tokyo")
    assert heading == [
        "number", "title", "status", "priority", "category", "team", "requester", "assignee", "confidential",
        "created", "updated", "first response", "resolved", "due", "tags",
    ]  # fmt: skip
    assert row[:9] == [
        str(first),
        "The lamp",
        "To-Do",
        "normal",
        "General",
        "Service desk",
        "Sam Reed",
        "",
        "no",
    ]
    assert row[9].endswith("+09:00") and row[11:] == ["", "", "", "vip"]
    assert rows(desk.mona, zone="No/Where", tag="vip")[1][9].endswith("+00:00")


def test_nobody_exports_more_than_they_may(desk):
    cast.create_ticket(desk.company.sam, "Sam's own")
    cast.create_ticket(desk.company.bob, "Bob's own", confidential=True)
    boiler = cast.create_ticket(desk.company.bela, "The boiler")
    with act() as session:
        tickets.find(session, desk.company.ada, boiler, to_change=True).team_id = desk.company.facilities
    assert titles(desk.sam) == ["Sam's own"]
    assert titles(desk.bob) == ["Bob's own"]
    assert titles(desk.mona) == titles(desk.mona, team=desk.company.service_desk)
    assert "Sam's own" in titles(desk.mona) and "The boiler" not in titles(desk.mona)
    assert "export.tickets" in problem(desk.rita.get("tickets/export"), 403)["detail"]
    problem(desk.anyone().get("tickets/export"), 401)


def test_what_one_sees_but_may_not_export_stays_out(desk):
    """Mona reads everything in this desk, but exports her team's alone."""
    from dataclasses import replace

    cast.create_ticket(desk.company.sam, "Sam's own")
    boiler = cast.create_ticket(desk.company.bela, "The boiler")
    wide = replace(desk.company.mona, scopes={**desk.company.mona.scopes, Permission.TICKET_READ: Scope.ALL})
    with act() as session:
        tickets.find(session, desk.company.ada, boiler, to_change=True).team_id = desk.company.facilities
    with see() as session:
        assert len(ticket_list.get_page(session, wide).rows) == 2
        chosen = ticket_export.prepare(wide, TicketFilter())
        assert [
            line[1]
            for line in ticket_export.read_batch(session, chosen, ticket_export.ExportPosition()).lines
        ] == ["Sam's own"]


def test_batches_leave_nothing_out_and_an_end_is_told(desk, monkeypatch):
    for n in range(7):
        cast.create_ticket(desk.company.sam, f"Ticket {n}")
    monkeypatch.setattr(ticket_export, "BATCH_SIZE", 2)
    assert titles(desk.mona) == [f"Ticket {n}" for n in range(7)]
    monkeypatch.setattr(ticket_export, "MAX_TICKETS", 5)
    told = rows(desk.mona)
    assert [r[1] for r in told[1:6]] == [f"Ticket {n}" for n in range(5)] and told[6:] == [
        [ticket_export.TRUNCATED_NOTE]
    ]
    monkeypatch.setattr(ticket_export, "MAX_TICKETS", 7)
    assert len(rows(desk.mona)) == 8


def test_an_export_ends_with_what_was_not_understood(desk):
    cast.create_ticket(desk.company.sam, "Unusual color")
    listed = desk.mona.get("tickets", params={"q": "color status:nowhere"}).json()
    told = rows(desk.mona, q="color status:nowhere")
    assert listed["not_understood"] and told[2:] == [[note] for note in listed["not_understood"]]
    assert len(rows(desk.mona, q="color")) == 2


def test_it_is_a_download_that_nothing_keeps(sqlite_desk):
    answer = sqlite_desk.browser(sqlite_desk.company.mona).get("tickets/export")
    assert answer.headers["content-disposition"].startswith('attachment; filename="tickets-')
    assert (
        answer.headers["cache-control"] == "no-store"
        and answer.headers["content-type"] == ticket_export.CONTENT_TYPES["csv"]
    )
    problem(sqlite_desk.mona.get("tickets/export", params={"format": "pdf"}), 422)
    problem(sqlite_desk.mona.get("tickets/export", params={"limit": "7"}), 422)


@pytest.mark.parametrize("line", ["lamp", "is:open"])
def test_a_search_can_be_exported(desk, line):
    cast.create_ticket(desk.company.sam, "The lamp")
    assert titles(desk.mona, q=line) == ["The lamp"]


def test_numbers_and_times_are_such_in_both_formats(desk):
    cast.create_ticket(desk.company.sam, "-3")
    cast.create_ticket(desk.company.sam, "-3+cmd")
    assert titles(desk.mona) == ["-3", "'-3+cmd"]
    answer = desk.mona.get("tickets/export", params={"format": "xlsx", "sort": "number"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    row = list(sheet.iter(f"{SHEET}row"))[1]
    assert row[0].get("t") in (None, "n") and row[9].get("t") in (None, "n")
    assert float("".join(row[9].itertext())) > 40_000
    assert row[9].get("s") not in (None, "0")


def test_cells_are_what_they_are_in_every_file():
    day, moment = date(2026, 3, 1), datetime(2026, 3, 1, 12, tzinfo=UTC)
    line = (1, -3.5, Decimal("1.50"), day, moment, date(1066, 10, 14), "-3", "=1", "2026-03-01")
    csv_line = b"".join(ticket_export.to_csv([[line]])).decode("utf-8-sig").strip()
    assert csv_line == "1,-3.5,1.50,2026-03-01,2026-03-01T12:00:00+00:00,1066-10-14,-3,'=1,2026-03-01"
    with ticket_export.to_xlsx([[line]]) as file:
        first = cells(file.read())
    assert first == [
        ("n", "1"), ("n", "-3.5"), ("n", "1.5"), ("n", "46082"), ("n", "46082.5"),
        ("s", "1066-10-14"), ("s", "-3"), ("s", "=1"), ("s", "2026-03-01"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["-3", "-3,5", "-3.5", "-1.234,56", "-.5", "-1e5", "-1E-5", "-5%", " -3"])
def test_a_negative_number_is_no_formula(text):
    assert ticket_export.escape_formula(text) == text


@pytest.mark.parametrize(
    "text", ["-", "-a", "-3+1", "-3-cmd", "--3", "-=1", "-3,A1", "-(1)", "+3", "-.", "-3\t=1"]
)
def test_what_follows_a_minus_may_be_a_formula(text):
    assert ticket_export.escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("where", ["time-report", "status-times"])
def test_reports_hold_numbers_as_such(desk, where):
    number, today = cast.create_ticket(desk.company.sam, "Lamp"), clock.now().date().isoformat()
    desk.rita.post("time-entries", json={"ticket": number, "minutes": 90})
    asked = {"from": today, "to": today, "format": "xlsx"}
    if where == "time-report":
        asked["per"] = "month"
    answer = desk.mona.get(where, params=asked)
    assert answer.status_code == 200, answer.text
    kinds = "".join(kind for kind, _ in cells(answer.content, row=1))
    assert kinds.startswith("nsnn" if where == "time-report" else "sn")


def test_fields_of_a_desk_hold_numbers_and_days_as_such(desk):
    for name, kind in (("Cost", "number"), ("Needed on", "date"), ("Room", "text")):
        form = {"name": name, "kind": kind, "access": {"manager": "write"}}
        assert desk.ada.post("fields", json=form).status_code == 201
    number = cast.create_ticket(desk.company.sam, "Lamp")
    version = desk.mona.get(f"tickets/{number}").json()["version"]
    held = {"cost": -3.5, "needed_on": "2026-03-01", "room": "-7"}
    assert desk.mona.patch(f"tickets/{number}", json={"version": version, "fields": held}).status_code == 200
    assert rows(desk.mona)[1][-3:] == ["-3.5", "2026-03-01", "-7"]
    answer = desk.mona.get("tickets/export", params={"format": "xlsx"})
    assert cells(answer.content, row=1)[-3:] == [("n", "-3.5"), ("n", "46082"), ("s", "-7")]


def cells(book, *, row=0):
    """Return the cells of a row of a workbook: whether each is a number or text, and what it holds."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    line = list(sheet.iter(f"{SHEET}row"))[row]
    return [("n" if c.get("t") in (None, "n") else "s", "".join(c.itertext())) for c in line]
