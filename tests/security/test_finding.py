"""P14, P15, P22, P24: lists, searches, exports and changes of many, against forged, hostile and over-long input."""

import time

import pytest
from sqlalchemy import insert, inspect

from db.models import Ticket
from lib.core.errors import Invalid
from lib.lists import bulk, query_language, saved_views, search_results, suggestions, ticket_list
from lib.lists.bulk import Target
from lib.reports import ticket_export
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from ui.components.ticket_rows import _parse_selection

pytestmark = pytest.mark.both_databases("finding is SQL in each database's dialect")


MANY = 20_000
FORGED = [
    None, 7, "1", [1], {}, {"round": 0}, {"round": 0, "numbers": "1"}, {"round": 0, "numbers": {"1": 1}},
    {"round": 0, "numbers": ["1", 1.5, True, -1, 0, None, [1], 2**70, float("nan")]},
    {"round": 1, "numbers": [1]}, {"round": "0", "numbers": [1]}, {"numbers": [1]},
]  # fmt: skip
LONG = [
    "x" * 1_000_000,
    "tag:" + "x," * 100_000,
    "-" * 500_000,
    '"' * 500_000,
    "a:" * 200_000,
    "is:open " * 100_000,
]


@pytest.mark.parametrize("value", FORGED, ids=repr)
def test_p15_a_forged_choice_of_rows_chooses_nothing(desk, value):
    cast.create_ticket(desk.sam)
    with see() as session:
        rows = ticket_list.get_page(session, desk.mona).rows
    assert _parse_selection(value, rows, 0) == frozenset()


def test_p15_only_rows_on_the_list_can_be_chosen(desk):
    number = cast.create_ticket(desk.sam)
    with see() as session:
        rows = ticket_list.get_page(session, desk.mona).rows
    sent = {"round": 3, "numbers": [number, number, 99_999]}
    assert _parse_selection(sent, rows, 3) == {number}
    assert _parse_selection(sent, rows, None) == frozenset(), "who may not change many chooses nothing"


def test_p15_what_a_forged_batch_names_is_refused_as_if_it_were_not_there(desk):
    theirs = cast.create_ticket(desk.bela, "Not for the service desk")
    with act() as session:
        tickets.find(session, desk.ada, theirs).team_id = desk.facilities
    actor = bulk.start_batch(desk.mona)
    for number in (theirs, 99_999, 2**31, 2**62, 0, -1):
        with act() as session:
            (outcome,) = bulk.change(session, actor, [Target(number)], {"add_tags": ["forged"]})
        assert outcome.refused == "This doesn't exist, or you don't have access to it."


def test_p22_formulas_stay_text_where_they_are_names_and_tags_too(desk):
    for begin in ("=", "+", "-", "@", "\t=", " =", "\u00a0=", "\uff1d", "\uff0b", "\uff0d", "\uff20"):
        assert str(ticket_export.escape_formula(f'{begin}HYPERLINK("http://evil")')).startswith("'"), repr(
            begin
        )
    assert ticket_export.escape_formula("Printer = broken") == "Printer = broken"
    assert ticket_export.escape_formula(7) == 7


@pytest.mark.parametrize("line", LONG, ids=lambda line: line[:8])
def test_p24_over_long_lines_are_read_to_their_limit_and_at_once(desk, line):
    number = cast.create_ticket(desk.sam)
    began = time.process_time()
    with see() as session:
        for actor in (desk.sam, desk.rita):
            asked = query_language.parse_parameters(session, actor, {"q": [line]})
            ticket_list.get_page(session, actor, asked.narrowed)
            search_results.find(session, actor, line)
            suggestions.for_line(session, actor, line)
    assert time.process_time() - began < 2
    with pytest.raises(Invalid), act() as session:
        saved_views.create(session, desk.rita, name="Long", line=line)
    assert number


def test_p24_a_large_desk_is_listed_searched_and_exported_in_time(desk):
    first = cast.create_ticket(desk.sam, "The needle in the haystack")
    with act() as session:
        row = tickets.find(session, desk.ada, first)
        kept = {c.name: getattr(row, c.name) for c in inspect(Ticket).columns if c.name != "id"}
        session.execute(insert(Ticket), [kept | {"title": f"Straw {n}"} for n in range(MANY)])
    began = time.process_time()
    with see() as session:
        for actor in (desk.sam, desk.rita, desk.mona):
            for line in ("is:open", "needle", "is:open is:unassigned -tag:vip", "created:7d priority:normal"):
                asked = query_language.parse_parameters(session, actor, {"q": [line]})
                ticket_list.get_page(session, actor, asked.narrowed)
                ticket_list.count(session, actor, asked.narrowed)
            assert [hit.number for hit in search_results.find(session, actor, "needle").hits] == [first]
        export = ticket_export.prepare(
            desk.mona, query_language.parse_parameters(session, desk.mona, {"q": ["is:open"]}).narrowed
        )
        assert (
            len(ticket_export.read_batch(session, export, ticket_export.ExportPosition()).lines)
            == ticket_export.BATCH_SIZE
        )
    assert time.process_time() - began < 2 * 16, "two seconds for each of sixteen pages"
