"""The tree of categories: order, what tickets begin with, retiring, and proposals of colleagues."""

import pytest

from db.models import Ticket
from db.vocabulary import Action, AssignmentMethod, Permission, Priority
from lib.access import gate
from lib.assignment import rules, skills
from lib.audit import audit_log
from lib.catalog import categories, category_proposals
from lib.conversation import history
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.security.test_races import at_once

DOCKET = gate.system_actor("tests", *Permission)


def make(desk, name, above=None, **more):
    with act() as session:
        return categories.create(session, desk.ada, name=name, parent_id=above, **more).id


def do(desk, verb, category, by=None, **more):
    with act() as session:
        verb(session, by or desk.ada, categories.get(session, category), **more)


def paths():
    with see() as session:
        return [c.path for c in categories.list_all(session)]


def facts(number):
    with see() as session:
        return tickets.find(session, DOCKET, number)


def told(desk, action):
    with see() as session:
        return [(e.field, e.old, e.new) for e in audit_log.list_entries(session, desk.ada, action=action)]


def test_the_tree_is_read_from_above_in_the_desk_s_order(desk):
    network, alarm = make(desk, "Network"), make(desk, "alarm")
    vpn, wifi = make(desk, "VPN", network), make(desk, "WiFi", network)
    assert paths() == ["alarm", "General", "Network", "Network / VPN", "Network / WiFi"]
    with act() as session:
        categories.reorder(session, desk.ada, None, [network, 1])
        categories.reorder(session, desk.ada, network, [wifi, vpn])
        categories.reorder(session, desk.ada, network, [wifi, vpn])
    make(desk, "Abacus")
    assert paths() == ["Network", "Network / WiFi", "Network / VPN", "General", "alarm", "Abacus"]
    do(desk, categories.set_parent, vpn, parent_id=alarm)
    assert paths()[-3:] == ["alarm", "alarm / VPN", "Abacus"]
    assert told(desk, Action.CATEGORY_CHANGED) == [
        ("parent", "Network", "alarm"),
        ("order", "VPN, WiFi", "WiFi, VPN"),
        ("order", "alarm, General, Network", "Network, General, alarm"),
    ]


def test_no_category_is_its_own_parent(desk):
    network = make(desk, "Network")
    vpn = make(desk, "VPN", network)
    for parent in (network, vpn):
        with pytest.raises(Invalid, match="own parent"):
            do(desk, categories.set_parent, network, parent_id=parent)
    other = make(desk, "Other")

    def below(one, another):
        def deed():
            do(desk, categories.set_parent, one, parent_id=another)
            return "moved"

        return deed

    answers = at_once(below(network, other), below(other, network))
    assert sorted(str(a) for a in answers)[1] == "moved" and any(isinstance(a, Invalid) for a in answers)


def test_tickets_begin_with_what_their_category_says_or_the_nearest_above(desk):
    network = make(desk, "Network", team_id=desk.facilities, priority=Priority.HIGH)
    vpn = make(desk, "VPN", network)

    def begun(**more):
        ticket = facts(cast.create_ticket(desk.sam, **more))
        return ticket.team_id, ticket.priority

    assert begun() == (desk.service_desk, Priority.NORMAL)
    assert begun(category_id=vpn) == (desk.facilities, Priority.HIGH)
    assert begun(category_id=vpn, priority=Priority.LOW)[1] == Priority.LOW
    do(desk, categories.set_priority, vpn, priority=Priority.URGENT)
    do(desk, categories.set_team, vpn, team_id=desk.service_desk)
    assert begun(category_id=vpn) == (desk.service_desk, Priority.URGENT)


def test_another_default_takes_what_nobody_sorts(desk):
    doors = make(desk, "Doors")
    do(desk, categories.make_default, doors)
    do(desk, categories.make_default, doors)
    assert facts(cast.create_ticket(desk.sam)).category_id == doors
    do(desk, categories.delete, 1)
    assert paths() == ["Doors"]
    with pytest.raises(Invalid, match="default"):
        do(desk, categories.delete, doors)
    assert told(desk, Action.CATEGORY_CHANGED) == [("default", "General", "Doors")]


def test_what_is_retired_hands_over_its_tickets_and_those_who_know_it(desk):
    doors, gates = make(desk, "Doors"), make(desk, "Gates")
    number = cast.create_ticket(desk.sam, category_id=doors)
    with act() as session:
        skills.set_for_person(session, desk.rita, cast.get_person(session, desk.rita), [doors, gates])
        skills.set_for_person(session, desk.arun, cast.get_person(session, desk.arun), [doors])
        rules.set_for_category(
            session, desk.ada, categories.get(session, doors), way=AssignmentMethod.ROUND_ROBIN
        )
    with pytest.raises(Invalid, match="successor"):
        do(desk, categories.delete, doors)
    with see() as session:
        heir = categories.get(session, gates)
    do(desk, categories.delete, doors, successor=heir)
    assert facts(number).category_id == gates
    with see() as session:
        for who in (desk.rita, desk.arun):
            assert skills.list_for_person(session, desk.ada, cast.get_person(session, who)) == {
                gates: "Gates"
            }
        assert rules.list_by_category(session, desk.ada) == {}
    assert told(desk, Action.CATEGORY_DELETED) == [(None, "Doors", str(gates))]


def test_no_ticket_is_left_behind_when_a_category_is_retired_meanwhile(desk):
    doors = make(desk, "Doors")
    cast.create_ticket(desk.sam, category_id=doors)
    with see() as session:
        general = categories.get(session, 1)

    def retire():
        do(desk, categories.delete, doors, successor=general)

    answers = at_once(retire, *[lambda: cast.create_ticket(desk.sam, category_id=doors)] * 8)
    assert all(isinstance(a, int | Invalid) for a in answers[1:]), answers
    assert answers[0] is None
    with see() as session:
        held = session.exec(gate.visible(DOCKET, Ticket.category_id)).all()
    assert set(held) == {1}


@pytest.mark.parametrize("who", ["mona", "rita", "sam"])
def test_only_those_who_keep_the_desk_change_the_tree(desk, who):
    by = getattr(desk, who)
    deeds = (
        lambda: do(desk, categories.set_parent, 1, by, parent_id=None),
        lambda: do(desk, categories.set_priority, 1, by, priority=Priority.HIGH),
        lambda: do(desk, categories.make_default, 1, by),
        lambda: do(desk, categories.delete, 1, by),
    )
    for deed in deeds:
        with pytest.raises(NotPermitted):
            deed()
    with see() as session:
        with pytest.raises(NotPermitted):
            category_proposals.list_pending(session, by)
        for verb in (category_proposals.reject, lambda s, a, i: category_proposals.accept(s, a, i, name="x")):
            with pytest.raises(NotPermitted):
                verb(session, by, 1)
        with pytest.raises(NotPermitted):
            categories.reorder(session, by, None, [1])


class TestProposals:
    """A colleague misses a category; the ticket waits with its name until somebody answers."""

    def waiting(self, desk):
        with see() as session:
            return category_proposals.list_pending(session, desk.ada)

    def answer(self, desk, verb, place=0, **more):
        id = self.waiting(desk)[place].id
        with act() as session:
            return verb(session, desk.ada, id, **more)

    def test_are_gathered_by_name_and_accepted_together(self, desk):
        numbers = [
            cast.create_ticket(who, proposed_category=name)
            for who, name in ((desk.rita, "Drones"), (desk.mona, "drones "), (desk.rita, "Robots"))
        ]
        cards = self.waiting(desk)
        assert [(c.name, c.people, c.tickets) for c in cards] == [
            ("Drones", ("Rita Sosa", "Mona Lind"), 2),
            ("Robots", ("Rita Sosa",), 1),
        ]
        category = self.answer(
            desk, category_proposals.accept, name="Flying machines", team_id=desk.facilities
        )
        assert [facts(n).category_id for n in numbers] == [category.id, category.id, 1]
        assert [c.name for c in self.waiting(desk)] == ["Robots"]
        with see() as session:
            found = tickets.find(session, desk.mona, numbers[0])
            lines = [line.sentence for line in history.list_for_ticket(session, desk.mona, found)]
        assert lines == [
            "created it", "proposed the category “Drones”", "changed the category to Flying machines",
        ]  # fmt: skip
        assert told(desk, Action.CATEGORY_ANSWERED) == [("accepted", "Drones", "Flying machines")]

    def test_wait_as_a_hint_that_only_colleagues_read(self, desk):
        number = cast.create_ticket(desk.rita, requester_id=desk.sam.id, proposed_category="Drones")
        with see() as session:
            for who, hint in ((desk.arun, "Drones"), (desk.sam, None)):
                assert (
                    category_proposals.find_for_ticket(session, who, tickets.find(session, who, number))
                    == hint
                )
            lines = history.list_for_ticket(session, desk.sam, tickets.find(session, desk.sam, number))
        assert "Drones" not in "".join(line.sentence for line in lines)

    def test_leave_alone_what_somebody_sorted_meanwhile(self, desk):
        doors = make(desk, "Doors")
        number = cast.create_ticket(desk.rita, proposed_category="Drones")
        do_change = facts(number)
        with act() as session:
            ticket = tickets.find(session, desk.rita, number, to_change=True)
            category = categories.get(session, doors)
            tickets.categorize(session, desk.rita, ticket, category=category, seen=do_change.version)
        self.answer(desk, category_proposals.accept, name="Drones")
        assert facts(number).category_id == doors

    def test_are_renamed_into_one_that_is_there(self, desk):
        doors = make(desk, "Doors")
        number = cast.create_ticket(desk.rita, proposed_category="Portals")
        self.answer(desk, category_proposals.accept, name="doors")
        assert facts(number).category_id == doors
        assert len(paths()) == 2

    def test_are_refused_and_gone(self, desk):
        number = cast.create_ticket(desk.rita, proposed_category="Nonsense")
        self.answer(desk, category_proposals.reject)
        assert (facts(number).category_id, self.waiting(desk)) == (1, [])
        assert told(desk, Action.CATEGORY_ANSWERED) == [("refused", "Nonsense", None)]
        with pytest.raises(NotFound), act() as session:
            category_proposals.reject(session, desk.ada, 99)

    def test_are_made_by_staff_of_what_is_not_there(self, desk):
        with pytest.raises(NotPermitted):
            cast.create_ticket(desk.sam, proposed_category="Drones")
        with pytest.raises(Invalid, match="already"):
            cast.create_ticket(desk.rita, proposed_category="general")
        with pytest.raises(Invalid):
            cast.create_ticket(desk.rita, proposed_category="x" * 81)
        assert self.waiting(desk) == []
