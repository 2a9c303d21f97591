"""Time entries: whose, on which day, how much, until when they can be mended, and who sees them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.models import Person, Timesheet
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.catalog import statuses
from lib.conversation import history
from lib.core import clock
from lib.core.errors import Conflict, Invalid, NotFound, NotPermitted
from lib.tickets import links, merge, tickets
from lib.timekeeping import activities, entries, ticket_totals
from lib.timekeeping.entries import EntryValues
from lib.transactions import act, see
from tests import cast

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def at_noon():
    with clock.travel_to(NOON):
        yield


def log(actor, number, minutes=30, *, day=TODAY, whom=None, **more):
    with act() as session:
        ticket = tickets.find(session, actor, number)
        activity = activities.get_default(session).id
        return entries.log(
            session, actor, ticket, what=EntryValues(minutes, day, activity, "looked into it"), **more,
            worker_id=whom.id if whom else None,
        )  # fmt: skip


def change(actor, card, *, seen=1, **to):
    with act() as session:
        row = entries.get(session, actor, card.id)
        entries.update(session, actor, row, what=replace(card.what, **to), seen=seen)


def remove(actor, card):
    with act() as session:
        entries.remove(session, actor, entries.get(session, actor, card.id))


def told(actor, number):
    with see() as session:
        return [
            line.sentence
            for line in history.list_for_ticket(session, actor, tickets.find(session, actor, number))
        ]


def test_an_agent_logs_mends_and_deletes_their_own_and_the_history_keeps_what_it_said(desk):
    number = cast.create_ticket(desk.sam)
    card = log(desk.rita, number, 90)
    assert (card.minutes, card.seconds, card.worker, card.activity, card.mine) == (
        90,
        5400,
        "Rita Sosa",
        "Work",
        True,
    )
    change(desk.rita, card, minutes=60, billable=True)
    change(desk.rita, card, seen=2, minutes=60, billable=True)
    with pytest.raises(Conflict):
        change(desk.rita, card, seen=1, minutes=5)
    remove(desk.rita, card)
    with pytest.raises(NotFound):
        remove(desk.rita, card)
    assert told(desk.arun, number)[1:] == [
        "logged 1 h 30 min on Mar 10, 2026, Work: looked into it",
        "changed the time entry 1 h 30 min on Mar 10, 2026, Work: looked into it to "
        "1 h on Mar 10, 2026, Work, billable: looked into it",
        "deleted the time entry 1 h on Mar 10, 2026, Work, billable: looked into it",
    ]
    assert told(desk.sam, number) == ["created it"]


def test_time_is_logged_on_closed_tickets_too_but_not_by_those_who_do_not_work_them(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        tickets.move(session, desk.rita, ticket, to=statuses.get(session, "Completed"), seen=1)
    assert log(desk.rita, number).minutes == 30
    with pytest.raises(NotPermitted):
        log(desk.sam, number)
    with pytest.raises(NotFound):
        log(desk.bela, number)


def test_a_manager_logs_for_their_people_and_both_are_kept(desk):
    number = cast.create_ticket(desk.sam)
    card = log(desk.mona, number, whom=desk.rita)
    assert (card.worker_id, card.author_id, card.mine) == (desk.rita.id, desk.mona.id, True)
    assert told(desk.rita, number)[-1].endswith("looked into it for Rita Sosa")
    change(desk.rita, card, note="It was longer", minutes=45)
    with pytest.raises(NotPermitted):
        log(desk.arun, number, whom=desk.rita)
    with pytest.raises(Invalid):
        log(desk.mona, number, whom=desk.bela)
    with pytest.raises(NotPermitted):
        change(desk.arun, card, seen=2, minutes=1)
    with pytest.raises(NotPermitted):
        remove(desk.arun, card)


def test_the_day_is_the_worker_s_own_and_never_still_to_come(desk):
    number, morrow = cast.create_ticket(desk.sam), TODAY + timedelta(days=1)
    east, west = (
        replace(desk.rita, timezone="Pacific/Kiritimati"),
        replace(desk.arun, timezone="Pacific/Niue"),
    )
    assert log(east, number, day=morrow).day == morrow
    with clock.travel_to(NOON - timedelta(hours=2)), pytest.raises(Invalid):
        log(west, number)
    with pytest.raises(Invalid):
        log(desk.rita, number, day=morrow)
    with pytest.raises(Invalid):
        log(desk.mona, number, day=morrow, whom=desk.rita)
    with act() as session:
        session.get_one(Person, desk.rita.id).timezone = "Pacific/Kiritimati"
    assert log(desk.mona, number, day=morrow, whom=desk.rita).day == morrow


@pytest.mark.parametrize("switch", [date(2026, 3, 29), date(2026, 10, 25)])
def test_days_on_which_clocks_change_are_days_like_any_other(desk, switch):
    number, rita = cast.create_ticket(desk.sam), replace(desk.rita, timezone="Europe/Berlin")
    midnight = datetime(switch.year, switch.month, switch.day, tzinfo=UTC)
    offset = timedelta(hours=1 if switch.month == 3 else 2)
    with clock.travel_to(midnight - offset - timedelta(seconds=1)), pytest.raises(Invalid):
        log(rita, number, day=switch)
    with clock.travel_to(midnight - offset):
        assert log(rita, number, 24 * 60, day=switch).day == switch


def test_a_person_works_at_most_24_hours_a_day(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    log(desk.rita, one, 23 * 60)
    card = log(desk.rita, two, 60)
    with pytest.raises(Invalid, match="already has 24 h"):
        log(desk.rita, one, 1)
    log(desk.arun, one, 60)
    log(desk.rita, one, 60, day=TODAY - timedelta(days=1))
    change(desk.rita, card, minutes=30)
    with pytest.raises(Invalid):
        change(desk.rita, card, seen=2, minutes=61)
    with pytest.raises(Invalid):
        log(desk.rita, one, 0, day=TODAY - timedelta(days=2))


def test_entries_that_ran_at_the_same_time_are_told_of(desk):
    number = cast.create_ticket(desk.sam)
    first = log(desk.rita, number, 60, started_at=NOON - timedelta(hours=3))
    second = log(desk.rita, number, 30, started_at=NOON - timedelta(hours=3, minutes=10))
    after = log(desk.rita, number, 30, started_at=NOON - timedelta(hours=2))
    other = log(desk.arun, number, 60, started_at=NOON - timedelta(hours=3))
    assert (first.overlaps, second.overlaps) == ((), (first.id,))
    assert (after.overlaps, other.overlaps) == ((), ())
    assert first.ended_at == after.started_at


def test_a_settled_month_stays_as_it_is(desk):
    number = cast.create_ticket(desk.sam)
    card = log(desk.rita, number)
    with act() as session:
        row = Timesheet(person_id=desk.rita.id, month=date(2026, 3, 1), state="approved", at=NOON)
        session.add(row)
    for deed in (
        lambda: log(desk.rita, number), lambda: change(desk.rita, card, minutes=5), lambda: remove(desk.rita, card),
        lambda: log(desk.mona, number, whom=desk.rita),
    ):  # fmt: skip
        with pytest.raises(Invalid, match="March 2026 is approved"):
            deed()
    february = log(desk.rita, number, day=date(2026, 2, 28))
    with pytest.raises(Invalid, match="March 2026 is approved"):
        change(desk.rita, february, day=TODAY)
    log(desk.arun, number)


def test_requesters_see_no_time_unless_a_permission_says_so(desk):
    number = cast.create_ticket(desk.sam)
    card = log(desk.rita, number)
    with see() as session:
        ticket = tickets.find(session, desk.sam, number)
        assert entries.list_for_ticket(session, desk.sam, ticket) == []
        with pytest.raises(NotPermitted):
            ticket_totals.for_ticket(session, desk.sam, ticket)
        with pytest.raises(NotFound):
            entries.get_card(session, desk.sam, card.id)
        allowed = replace(desk.sam, scopes={**desk.sam.scopes, Permission.TIME_READ: Scope.ALL})
        assert [e.id for e in entries.list_for_ticket(session, allowed, ticket)] == [card.id]


def test_one_s_own_time_stays_one_s_own_when_the_ticket_goes_elsewhere(desk):
    number = cast.create_ticket(desk.sam)
    card = log(desk.rita, number)
    other = log(desk.arun, number)
    with act() as session:
        tickets.find(session, desk.rita, number).team_id = desk.facilities
    with see() as session:
        mine = entries.list_visible(session, desk.rita)
        assert [(e.id, e.title) for e in mine] == [(card.id, None)]
        assert [e.id for e in entries.list_visible(session, desk.bela)] == [other.id, card.id]
    change(desk.rita, card, minutes=10)


def test_totals_roll_up_to_the_parent_as_far_as_one_sees(desk):
    whole, part, smaller, hidden = (cast.create_ticket(desk.sam) for _ in range(4))
    with act() as session:
        found = {n: tickets.find(session, desk.mona, n) for n in (whole, part, smaller, hidden)}
        for child, parent in ((part, whole), (smaller, part), (hidden, whole)):
            links.link(session, desk.mona, found[child], name="parent", other=found[parent])
        ticket_totals.set_estimate(session, desk.rita, found[whole], minutes=600)
        ticket_totals.set_estimate(session, desk.rita, found[smaller], minutes=60)
        ticket_totals.set_estimate(session, desk.rita, found[smaller], minutes=60)
    for number, minutes in ((whole, 10), (part, 20), (smaller, 30), (hidden, 40)):
        log(desk.rita, number, minutes)
    log(desk.arun, smaller, 5)
    with act() as session:
        tickets.find(session, desk.mona, hidden).team_id = desk.facilities
    with see() as session:
        ticket = tickets.find(session, desk.rita, whole)
        total = ticket_totals.for_ticket(session, desk.rita, ticket)
        assert (total.own, total.total, total.estimate, total.estimates, total.parts) == (10, 65, 600, 660, 2)
        assert total.people == {"Rita Sosa": 60, "Arun Das": 5} and total.activities == {"Work": 65}
        assert ticket_totals.for_ticket(session, desk.ada, ticket).total == 105
        lines = history.list_for_ticket(session, desk.rita, tickets.find(session, desk.rita, smaller))
        assert [line.action for line in lines].count(Action.TIME_ESTIMATED) == 1


def test_time_goes_with_a_merged_ticket_and_comes_back(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    card = log(desk.rita, one)
    with act() as session:
        ticket, into = merge.lock_pair(session, desk.rita, one, two)
        merge.merge(session, desk.rita, ticket, into=into, seen=ticket.version)
    with see() as session:
        assert entries.get_card(session, desk.rita, card.id).ticket == two
    with pytest.raises(Invalid):
        log(desk.rita, one)
    with act() as session:
        ticket, into = merge.lock_pair(session, desk.ada, one, two)
        merge.unmerge(session, desk.ada, ticket, into=into)
    with see() as session:
        assert entries.get_card(session, desk.rita, card.id).ticket == one


def test_administrators_keep_the_activities(desk):
    with act() as session:
        row = activities.create(session, desk.ada, name="Training")
        activities.rename(session, desk.ada, row, name="Teaching")
        activities.make_default(session, desk.ada, row)
        with pytest.raises(Invalid):
            activities.archive(session, desk.ada, row)
        with pytest.raises(Invalid):
            activities.create(session, desk.ada, name="Work")
        activities.archive(session, desk.ada, activities.get(session, "Work"))
        with pytest.raises(NotPermitted):
            activities.rename(session, desk.mona, row, name="x")
    with see() as session:
        names = [a.name for a in activities.list_all(session)]
        assert names == ["Research", "Meeting", "Travel", "Teaching"]
        with pytest.raises(Invalid):
            activities.get(session, "Work")
    assert log(desk.rita, cast.create_ticket(desk.sam)).activity == "Teaching"


def test_docket_itself_sees_no_time_that_was_not_granted(desk):
    log(desk.rita, cast.create_ticket(desk.sam))
    with see() as session:
        nobody = gate.system_actor("tests", Permission.TICKET_READ)
        assert entries.list_visible(session, nobody) == []
