"""Each number of the dashboard is the count of the list that it opens, for everybody."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from lib.catalog import statuses
from lib.conversation import comments
from lib.core import clock
from lib.lists import query_language, ticket_list
from lib.tickets import tickets
from lib.transactions import act, see
from ui.reports import dashboard
from ui.shared.lists import format_count
from ui.tickets.default_views import BOARD_VIEWS, VIEWS, build_list_url, list_for_person

EVERYBODY = ["ada", "mona", "rita", "arun", "bela", "sam", "kim"]


@pytest.fixture
def office(desk):
    """Thirty tickets in every state, asked by several people, over two months."""
    askers = (desk.sam, desk.bob, desk.rita, desk.bela)
    holders = (None, desk.rita.id, desk.arun.id, desk.mona.id, desk.bela.id)
    stands = ("To-Do", "In Progress", "Blocked", "Pending", "Completed", "Cancelled")
    with act() as session:
        for n in range(30):
            asker, at = askers[n % 4], clock.now() - timedelta(days=n, hours=1)
            with clock.travel_to(at):
                opener = desk.arun if n % 7 == 1 else asker
                ticket = tickets.create(
                    session, opener, title=f"Printer {n}", requester_id=asker.id, confidential=n % 9 == 0
                )
                ticket.team_id = desk.facilities if n % 4 == 3 else desk.service_desk
                ticket.assignee_id = holders[n % 5]
            with clock.travel_to(at + timedelta(minutes=10)):
                if n % 3 and ticket.team_id == desk.service_desk and not ticket.confidential:
                    comments.add(session, desk.rita, ticket, body="On it", internal=n % 3 == 2)
            with clock.travel_to(at + timedelta(minutes=30)):
                ticket.change(at=clock.now())
                ticket.enter(statuses.get(session, stands[n % 6]), at=clock.now())
    return desk


def opened(session, actor, href) -> int:
    """The count of the list at an address, as the page of tickets reads it."""
    given = parse_qs(urlsplit(href).query)
    view = list_for_person(actor, given["show"][0])[given["show"][0]]
    asked = query_language.parse_parameters(session, actor, {"q": [f"{view.line} {given.get('q', [''])[0]}"]})
    assert asked.puzzled == ()
    return ticket_list.count(session, actor, asked.narrowed)


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_number_is_the_count_of_the_list_it_opens(office, who):
    actor = getattr(office, who)
    with see() as session:
        seen = dashboard.load(session, actor)
        figures = [
            *dashboard.build_ticket_cards(actor, seen),
            *dashboard.build_status_cards(seen),
            *dashboard.build_age_cards(seen),
        ]
        assert len(figures) >= 3
        for figure in figures:
            assert format_count(opened(session, actor, figure.href)) == figure.value, figure
        if seen.times:
            response, resolution = dashboard.build_time_cards(actor, seen)
            assert opened(session, actor, response.href) == seen.times["response"].n
            assert opened(session, actor, resolution.href) == seen.times["resolution"].n
        assert [row.number for row in seen.rows] == list(dict.fromkeys(row.number for row in seen.rows))
        assert len(seen.rows) == min(dashboard.LIST_LENGTH, seen.counts[seen.shown])


def test_the_office_has_what_the_numbers_are_about(office):
    """Otherwise all of them could be zero."""
    with see() as session:
        rita, mona = (dashboard.load(session, actor) for actor in (office.rita, office.mona))
        assert all(rita.counts[name] for name in ("mine", "waiting", "unassigned", "asked-open")), rita.counts
        assert all(mona.counts[name] for name in ("team", "team-unanswered", "team-blocked", "team-resolved"))
        assert mona.times["response"].n > rita.times["response"].n > 0
        assert dashboard.load(session, office.sam).counts["asked-open"] > 0


def test_what_waits_for_an_answer_is_what_the_requester_spoke_on_last(desk):
    def waits(number: int) -> bool:
        with see() as session:
            narrowed = query_language.parse_parameters(
                session, desk.rita, {"q": [VIEWS["waiting"].line]}
            ).narrowed
            return number in {row.number for row in ticket_list.get_page(session, desk.rita, narrowed).rows}

    def say(actor, number: int, **more) -> None:
        with act() as session:
            comments.add(session, actor, tickets.find(session, actor, number), body="Words", **more)

    with act() as session:
        ticket = tickets.create(session, desk.sam, title="The printer is broken")
        tickets.claim(session, desk.rita, ticket)
        number = ticket.id
    assert waits(number), "asking is a word"
    say(desk.arun, number, internal=True)
    assert waits(number), "a note answers nobody"
    say(desk.rita, number)
    assert not waits(number)
    say(desk.sam, number)
    assert waits(number)
    with act() as session:
        taken_back = ticket_list.get_page(session, desk.sam).rows[0].number
        thread = comments.list_for_ticket(session, desk.sam, tickets.find(session, desk.sam, taken_back))
        comments.remove(session, desk.sam, *comments.get_with_ticket(session, desk.sam, thread[-1].id))
    assert not waits(number), "what was taken back was not said"


def test_an_administrator_hears_what_needs_care_and_a_manager_does_not(desk):
    with see() as session:
        ada = dashboard.list_warnings(dashboard.load(session, desk.ada))
        assert dashboard.list_warnings(dashboard.load(session, desk.mona)) == []
    assert any("only administrator" in sentence for sentence in ada)
    assert any("8 people have not accepted the invitation" in sentence for sentence in ada)


def test_an_agent_with_nothing_to_do_is_shown_what_waits_for_somebody(desk):
    with act() as session:
        tickets.create(session, desk.sam, title="The printer is broken")
    with see() as session:
        seen = dashboard.load(session, desk.rita)
        assert (seen.shown, len(seen.rows)) == ("unassigned", 1)
        assert dashboard.load(session, desk.bela).rows == ()


def test_every_ready_made_list_is_understood(desk):
    with see() as session:
        for view in (*VIEWS.values(), *BOARD_VIEWS.values()):
            assert query_language.parse_parameters(session, desk.rita, {"q": [view.line]}).puzzled == (), view


def test_views_are_offered_where_they_lead(desk):
    assert "waiting" in list_for_person(desk.rita, "waiting")
    assert "waiting" not in list_for_person(desk.rita, None)
    assert "waiting" not in list_for_person(desk.sam, "waiting")
    assert build_list_url("mine", sort="-priority") == "/tickets?show=mine&sort=-priority"
