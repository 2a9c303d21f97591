"""Who may work a ticket and how well they fit: what they know, what they have, and whether they are there."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from db.models import Person
from db.vocabulary import Action
from lib.assignment import candidates, skills
from lib.audit import audit_log
from lib.catalog import categories, statuses
from lib.conversation import history
from lib.core import clock
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.people import absences
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast

TODAY = clock.now().date()
DAY = timedelta(days=1)


def category(desk, name, above=None, **more):
    with act() as session:
        return categories.create(session, desk.ada, name=name, parent_id=above, **more).id


def teach(by, whom, *ids):
    with act() as session:
        skills.set_for_person(session, by, cast.get_person(session, whom), ids)


def leave(by, whom, first=TODAY, last=TODAY):
    with act() as session:
        return absences.add(session, by, cast.get_person(session, whom), starts_on=first, ends_on=last)


def give(by, number, to, reason=""):
    with act() as session:
        ticket = tickets.find(session, by, number, to_change=True)
        tickets.assign(session, by, ticket, to=to.id, seen=ticket.version, reason=reason)


def listed(actor, number):
    with see() as session:
        return candidates.list_for_ticket(session, actor, tickets.find(session, actor, number))


def told(actor, number):
    return [(c.name, c.reason) for c in listed(actor, number)]


def test_the_best_fit_comes_first_and_the_reason_is_said_in_words(desk):
    network = category(desk, "Network")
    vpn = category(desk, "VPN", network)
    teach(desk.mona, desk.arun, network)
    number = cast.create_ticket(desk.sam, category_id=vpn)
    assert told(desk.mona, number) == [
        ("Arun Das", "skilled in Network, no open tickets"),
        ("Mona Lind", "no open tickets"),
        ("Rita Sosa", "no open tickets"),
    ]
    teach(desk.rita, desk.rita, network, vpn)
    for _ in range(2):
        give(desk.mona, cast.create_ticket(desk.sam), desk.rita)
    done = cast.create_ticket(desk.sam)
    give(desk.mona, done, desk.rita)
    with act() as session:
        ticket = tickets.find(session, desk.rita, done, to_change=True)
        tickets.move(session, desk.rita, ticket, to=statuses.get(session, "Completed"), seen=ticket.version)
    assert told(desk.mona, number)[:2] == [
        ("Arun Das", "skilled in Network, no open tickets"),
        ("Rita Sosa", "skilled in VPN, 2 open"),
    ]
    leave(desk.arun, desk.arun, TODAY - DAY, TODAY + DAY)
    last = listed(desk.mona, number)[-1]
    until = TODAY + DAY
    assert (last.name, last.away_until) == ("Arun Das", until)
    assert last.reason == f"away until {until:%b} {until.day}, skilled in Network, no open tickets"
    assert told(desk.mona, cast.create_ticket(desk.sam))[0] == ("Mona Lind", "no open tickets")


def test_the_list_is_for_those_who_may_take_or_assign(desk):
    number = cast.create_ticket(desk.sam)
    assert {c.name for c in listed(desk.rita, number)} == {"Arun Das", "Mona Lind", "Rita Sosa"}
    assert listed(desk.ada, number)
    with pytest.raises(NotPermitted):
        listed(desk.sam, number)
    for stranger in (desk.bob, desk.bela):
        with pytest.raises(NotFound):
            listed(stranger, number)


def test_what_one_may_not_see_is_not_counted(desk):
    hidden = cast.create_ticket(desk.sam, confidential=True)
    give(desk.mona, hidden, desk.rita)
    number = cast.create_ticket(desk.sam)
    counts = {
        who.name: {c.name: c.open for c in listed(who, number)}["Rita Sosa"] for who in (desk.mona, desk.arun)
    }
    assert counts == {"Mona Lind": 1, "Arun Das": 0}


def test_the_list_asks_as_often_for_fifty_people_as_for_three(desk, engine):
    number, asked = cast.create_ticket(desk.sam), []
    leave(desk.ada, desk.arun)
    teach(desk.ada, desk.arun, 1)

    def count():
        asked.clear()
        listed(desk.mona, number)
        return len(asked)

    listening = (engine, "before_cursor_execute", lambda *_: asked.append(1))
    event.listen(*listening)
    few = count()
    with act() as session:
        crowd = [cast.hire(session, f"Agent {n}", "agent", desk.service_desk) for n in range(47)]
    for agent in crowd[:3]:
        leave(desk.ada, agent)
        teach(desk.ada, agent, 1)
    assert count() == few <= 10
    event.remove(*listening)


class TestSkills:
    """Set by oneself, by a manager of one's team, by administrators."""

    def test_are_set_as_a_whole_and_told_once(self, desk):
        network, doors = category(desk, "Network"), category(desk, "Doors")
        for ids in ([network, doors], [doors, network], [doors]):
            teach(desk.rita, desk.rita, *ids)
        with see() as session:
            assert skills.list_for_person(session, desk.arun, cast.get_person(session, desk.rita)) == {
                doors: "Doors"
            }
            told = audit_log.list_entries(session, desk.ada, action=Action.PERSON_CHANGED)
        assert [(e.field, e.old, e.new) for e in told] == [
            ("skills", "Doors, Network", "Doors"),
            ("skills", None, "Doors, Network"),
        ]

    @pytest.mark.parametrize(
        ("by", "whom", "may"),
        [("rita", "rita", True), ("mona", "rita", True), ("ada", "bela", True), ("ada", "ada", True),
         ("rita", "arun", False), ("mona", "bela", False), ("sam", "sam", False), ("sam", "rita", False)],
    )  # fmt: skip
    def test_are_changed_by_those_who_may(self, desk, by, whom, may):
        deeds = (teach, leave)
        for deed in deeds:
            args = (getattr(desk, by), getattr(desk, whom), *([1] if deed is teach else []))
            if may:
                deed(*args)
            else:
                with pytest.raises(NotPermitted):
                    deed(*args)

    def test_are_nobody_s_business_who_asks_for_help(self, desk):
        with see() as session:
            assert skills.list_for_person(session, desk.sam, cast.get_person(session, desk.sam)) == {}
            for read in (skills.list_for_person, absences.list_for_person):
                with pytest.raises(NotFound):
                    read(session, desk.sam, cast.get_person(session, desk.rita))

    def test_are_of_categories_that_are_there(self, desk):
        with pytest.raises(Invalid):
            teach(desk.rita, desk.rita, 99)


class TestAbsences:
    """Days, the first and the last included."""

    def gone(self, *people):
        with see() as session:
            return absences.list_away(session, [p.id for p in people])

    def test_hold_from_the_first_day_to_the_last(self, desk):
        leave(desk.rita, desk.rita, TODAY + DAY, TODAY + 2 * DAY)
        for days, away in ((0, False), (1, True), (2, True), (3, False)):
            with clock.travel_to(clock.now() + days * DAY):
                assert (desk.rita.id in self.gone(desk.rita, desk.arun)) is away, days

    def test_that_follow_each_other_are_one(self, desk):
        leave(desk.rita, desk.rita, TODAY, TODAY + DAY)
        leave(desk.rita, desk.rita, TODAY + 2 * DAY, TODAY + 5 * DAY)
        leave(desk.rita, desk.rita, TODAY + 8 * DAY, TODAY + 9 * DAY)
        assert self.gone(desk.rita) == {desk.rita.id: TODAY + 5 * DAY}

    def test_are_days_where_the_person_is(self, desk):
        with act() as session:
            session.get_one(Person, desk.rita.id).timezone = "Pacific/Auckland"
        evening = clock.now().replace(hour=20, minute=0)
        leave(desk.rita, desk.rita, evening.date() + DAY, evening.date() + DAY)
        with clock.travel_to(evening):
            assert desk.rita.id in self.gone(desk.rita)

    @pytest.mark.parametrize(
        ("first", "last"), [(1, 0), (-9, -5), (0, 400), (0, 0)], ids=["backwards", "over", "long", "taken"]
    )
    def test_are_days_that_can_be(self, desk, first, last):
        leave(desk.rita, desk.rita, TODAY - DAY, TODAY + DAY) if first == last else None
        with pytest.raises(Invalid):
            leave(desk.rita, desk.rita, TODAY + first * DAY, TODAY + last * DAY)

    def test_are_taken_back_and_both_are_told(self, desk):
        card = leave(desk.mona, desk.rita, date(2090, 1, 1), date(2090, 1, 3))
        with pytest.raises(NotFound), act() as session:
            absences.remove(session, desk.arun, cast.get_person(session, desk.arun), card.id)
        with act() as session:
            absences.remove(session, desk.rita, cast.get_person(session, desk.rita), card.id)
        with see() as session:
            assert absences.list_for_person(session, desk.rita, cast.get_person(session, desk.rita)) == []
            told = audit_log.list_entries(session, desk.ada, action=Action.PERSON_CHANGED)
        assert [(e.actor, e.field, e.old, e.new) for e in told] == [
            ("Rita Sosa", "away", "2090-01-01 to 2090-01-03", None),
            ("Mona Lind", "away", None, "2090-01-01 to 2090-01-03"),
        ]


def test_a_note_goes_with_the_ticket_and_only_colleagues_read_it(desk):
    number = cast.create_ticket(desk.sam)
    give(desk.mona, number, desk.rita, reason="You know  the machine")
    with act() as session:
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        tickets.unassign(session, desk.rita, ticket, seen=ticket.version, reason="It is not mine")

    def sentences(actor):
        with see() as session:
            ticket = tickets.find(session, actor, number)
            return [line.sentence for line in history.list_for_ticket(session, actor, ticket)][1:]

    assert sentences(desk.arun) == [
        "assigned it to Rita Sosa: You know the machine",
        "unassigned Rita Sosa: It is not mine",
    ]
    assert sentences(desk.sam) == ["assigned it to Rita Sosa", "unassigned Rita Sosa"]
    with pytest.raises(Invalid):
        give(desk.mona, number, desk.rita, reason="x" * 501)
