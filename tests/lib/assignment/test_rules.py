"""The rules by which new tickets find their assignee: in turn or by load, past those who are away, fair when raced."""

from collections import Counter
from datetime import timedelta

import pytest

from db.vocabulary import Action, AssignmentMethod, Permission
from lib.access import gate
from lib.assignment import rules, skills
from lib.audit import audit_log
from lib.catalog import categories, statuses
from lib.conversation import history
from lib.core import clock
from lib.core.errors import Invalid, NotPermitted
from lib.people import absences, teams
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.security.test_races import at_once

pytestmark = pytest.mark.both_databases("races are settled by each database's locks")


TODAY = clock.now().date()


def rule_team(desk, way, team=None, *, by=None, cap=None):
    with act() as session:
        row = teams.get(session, team or desk.service_desk)
        rules.set_for_team(session, by or desk.ada, row, way=way, cap=cap)


def rule_category(desk, way, category, *, by=None, cap=None):
    with act() as session:
        rules.set_for_category(session, by or desk.ada, categories.get(session, category), way=way, cap=cap)


def category(desk, name, above=None, **more):
    with act() as session:
        return categories.create(session, desk.ada, name=name, parent_id=above, **more).id


def holder(desk, number):
    with see() as session:
        ticket = tickets.find(session, gate.system_actor("tests", *Permission), number)
        names = {p.id: p.name.split()[0] for p in vars(desk).values() if hasattr(p, "name")}
        return names.get(ticket.assignee_id)


def asked(desk, count=1, **more):
    return [holder(desk, cast.create_ticket(desk.sam, **more)) for _ in range(count)]


def away(desk, whom, days=0):
    with act() as session:
        until = TODAY + timedelta(days=days)
        absences.add(session, desk.ada, cast.get_person(session, whom), starts_on=TODAY, ends_on=until)


def last(desk, number):
    with see() as session:
        return history.list_for_ticket(session, desk.mona, tickets.find(session, desk.mona, number))[-1]


def test_nothing_is_given_without_a_rule(desk):
    assert asked(desk) == [None]
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    rule_team(desk, AssignmentMethod.MANUAL)
    assert asked(desk) == [None]


def test_in_turn_everybody_who_is_there_gets_one(desk):
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    assert asked(desk, 5) == ["Mona", "Rita", "Arun", "Mona", "Rita"]
    away(desk, desk.arun)
    assert asked(desk, 2) == ["Mona", "Rita"]
    away(desk, desk.mona)
    assert asked(desk, 2) == ["Rita", "Rita"]
    away(desk, desk.rita)
    assert asked(desk) == [None]


def test_the_history_says_that_the_rule_did_it_and_why_to_colleagues(desk):
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    away(desk, desk.mona)
    number = cast.create_ticket(desk.sam)
    line = last(desk, number)
    assert (line.action, line.actor) == (Action.TICKET_ASSIGNED, None)
    assert (
        line.sentence
        == "assigned it to Rita Sosa: round robin rule of the team Service desk; away: Mona Lind"
    )
    with see() as session:
        told = history.list_for_ticket(session, desk.sam, tickets.find(session, desk.sam, number))
    assert [t.sentence for t in told] == ["created it", "assigned it to Rita Sosa"]


def test_whoever_has_least_gets_the_next_until_all_are_full(desk):
    rule_team(desk, AssignmentMethod.LEAST_LOADED, cap=2)
    first = cast.create_ticket(desk.sam)
    assert [holder(desk, first), *asked(desk, 5)] == ["Mona", "Rita", "Arun", "Mona", "Rita", "Arun"]
    full = cast.create_ticket(desk.sam)
    assert holder(desk, full) is None
    with act() as session:
        ticket = tickets.find(session, desk.mona, first, to_change=True)
        tickets.move(session, desk.mona, ticket, to=statuses.get(session, "Completed"), seen=ticket.version)
    assert asked(desk, 2) == ["Mona", None]
    assert "least loaded rule of the team Service desk" in last(desk, first + 7).sentence


def test_those_who_know_the_category_come_first_and_the_others_when_they_are_away(desk):
    network = category(desk, "Network")
    vpn = category(desk, "VPN", network)
    with act() as session:
        skills.set_for_person(session, desk.ada, cast.get_person(session, desk.arun), [network])
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    number = cast.create_ticket(desk.sam, category_id=vpn)
    assert (
        last(desk, number).sentence
        == "assigned it to Arun Das: round robin rule of the team Service desk, skilled in Network"
    )
    assert asked(desk, 2, category_id=vpn) == ["Arun", "Arun"]
    away(desk, desk.arun)
    assert asked(desk, category_id=vpn) == ["Mona"]


def test_the_nearest_category_s_rule_holds_then_the_team_s(desk):
    network = category(desk, "Network")
    vpn = category(desk, "VPN", network)
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    rule_category(desk, AssignmentMethod.MANUAL, network)
    assert asked(desk, category_id=vpn) == [None]
    rule_category(desk, AssignmentMethod.LEAST_LOADED, vpn)
    number = cast.create_ticket(desk.sam, category_id=vpn)
    assert "least loaded rule of the category VPN" in last(desk, number).sentence
    rule_category(desk, None, vpn)
    assert asked(desk, category_id=vpn) == [None]
    rule_category(desk, None, network)
    assert asked(desk, category_id=vpn) != [None]


def test_a_rule_gives_nothing_confidential_nothing_done_and_nobody_their_own(desk):
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    assert asked(desk, confidential=True) == [None]
    assert [holder(desk, cast.create_ticket(desk.mona)) for _ in range(3)] == ["Rita", "Arun", "Rita"]


def test_what_somebody_is_given_at_once_stays_theirs(desk):
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    number = cast.create_ticket(desk.arun, assignee_id=desk.arun.id)
    assert holder(desk, number) == "Arun"
    assert last(desk, number).actor == "Arun Das"


def test_a_change_of_category_or_team_applies_the_rule_while_nobody_has_it(desk):
    doors = category(desk, "Doors")
    rule_category(desk, AssignmentMethod.ROUND_ROBIN, doors)
    taken, free, moved = (cast.create_ticket(desk.sam) for _ in range(3))

    def change(actor, number, verb, **more):
        with act() as session:
            ticket = tickets.find(session, actor, number, to_change=True)
            verb(
                session, actor, ticket, **({} if verb is tickets.claim else {"seen": ticket.version}), **more
            )

    change(desk.rita, taken, tickets.claim)
    with see() as session:
        there, facilities = categories.get(session, doors), cast.get_team(session, desk.facilities)
    for number in (taken, free):
        change(desk.rita, number, tickets.categorize, category=there)
    assert (holder(desk, taken), holder(desk, free)) == ("Rita", "Mona")
    change(desk.mona, free, tickets.unassign)
    change(desk.rita, free, tickets.categorize, category=there)
    assert holder(desk, free) is None, "the category is the same, so nothing changed"
    rule_team(desk, AssignmentMethod.LEAST_LOADED, desk.facilities)
    change(desk.rita, moved, tickets.move_to_team, team=facilities)
    change(desk.rita, taken, tickets.move_to_team, team=facilities)
    assert (holder(desk, moved), holder(desk, taken)) == ("Bela", "Bela")


@pytest.mark.parametrize("way", [AssignmentMethod.ROUND_ROBIN, AssignmentMethod.LEAST_LOADED])
def test_thirty_tickets_at_once_are_shared_evenly(desk, way):
    rule_team(desk, way)
    numbers = at_once(*[lambda: cast.create_ticket(desk.sam)] * 30)
    assert all(isinstance(n, int) for n in numbers), numbers
    assert Counter(holder(desk, n) for n in numbers) == {"Mona": 10, "Rita": 10, "Arun": 10}


def test_a_cap_holds_when_it_is_raced(desk):
    rule_team(desk, AssignmentMethod.ROUND_ROBIN, cap=3)
    numbers = at_once(*[lambda: cast.create_ticket(desk.sam)] * 16)
    assert Counter(holder(desk, n) for n in numbers) == {"Mona": 3, "Rita": 3, "Arun": 3, None: 7}


class TestRules:
    """Who may set them, what they may be, and that it is told."""

    def test_are_set_by_those_who_keep_categories_and_teams(self, desk):
        rule_team(desk, AssignmentMethod.ROUND_ROBIN, by=desk.mona)
        for by in (desk.rita, desk.sam, desk.bela):
            with pytest.raises(NotPermitted):
                rule_team(desk, AssignmentMethod.LEAST_LOADED, by=by)
        with pytest.raises(NotPermitted):
            rule_team(desk, AssignmentMethod.ROUND_ROBIN, desk.facilities, by=desk.mona)
        with pytest.raises(NotPermitted):
            rule_category(desk, AssignmentMethod.ROUND_ROBIN, "General", by=desk.mona)

    @pytest.mark.parametrize("cap", [0, -1, 1001])
    def test_have_a_cap_that_can_be(self, desk, cap):
        with pytest.raises(Invalid):
            rule_team(desk, AssignmentMethod.ROUND_ROBIN, cap=cap)

    def test_are_told_once_and_read_by_staff(self, desk):
        for cap in (5, 5, None):
            rule_team(desk, AssignmentMethod.ROUND_ROBIN, cap=cap)
        rule_team(desk, None)
        rule_category(desk, AssignmentMethod.LEAST_LOADED, "General", cap=9)
        with see() as session:
            told = [
                (e.old, e.new) for e in audit_log.list_entries(session, desk.ada, action=Action.TEAM_CHANGED)
            ]
            one = audit_log.list_entries(session, desk.ada, action=Action.CATEGORY_CHANGED)
            assert list(rules.list_by_category(session, desk.rita).values()) == [
                rules.RuleCard(AssignmentMethod.LEAST_LOADED, 9)
            ]
            assert rules.list_by_category(session, desk.sam) == rules.list_by_team(session, desk.rita) == {}
        assert told == [
            ("round robin", None),
            ("round robin, at most 5", "round robin"),
            (None, "round robin, at most 5"),
        ]
        assert [(e.field, e.new) for e in one] == [("assignment", "least loaded, at most 9")]
