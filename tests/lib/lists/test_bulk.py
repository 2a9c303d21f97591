"""Many tickets changed alike: each for itself, all of it undone at once."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from db.models import Event
from db.vocabulary import Action, Permission, Priority, Scope
from lib.catalog import statuses
from lib.conversation import comments
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.lists import bulk, ticket_list
from lib.lists.bulk import Target
from lib.tickets import links, tickets, workflow
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED


@pytest.fixture
def several(desk):
    """Four tickets: three of the service desk, and one of another team."""
    numbers = [cast.create_ticket(desk.sam, f"The printer {n} is broken", tags=["paper"]) for n in range(4)]
    with act() as session:
        other = tickets.find(session, desk.ada, numbers[3], to_change=True)
        other.team_id = desk.facilities
    return numbers


def all_at_once(actor, targets, changes, *, keep=True):
    """Change all and return the mark of the batch, and what came of each by number."""
    actor, found = bulk.start_batch(actor), []
    targets = [t if isinstance(t, Target) else Target(t) for t in targets]
    for chunk in bulk.split_targets(targets):
        with act() as session:
            found += bulk.change(session, actor, chunk, changes)
            if not keep:
                session.rollback()
    return actor.batch, {o.number: o for o in found}


def undone(actor, batch):
    with see() as session:
        targets = bulk.list_changed(session, actor, batch)
    actor = bulk.start_batch(actor)
    with act() as session:
        return {o.number: o for o in bulk.undo(session, actor, targets, batch=batch)}


def events(**of):
    with see() as session:
        rows = session.exec(select(Event).execution_options(**UNSCOPED)).all()
        return [row for row in rows if all(getattr(row, name) == value for name, value in of.items())]


def lines(desk):
    with see() as session:
        return {row.number: row for row in ticket_list.get_page(session, desk.ada).rows}


def denials(actor):
    return len(events(action=Action.DENIED, actor_id=actor.id))


def test_each_goes_through_its_own_verbs_with_one_event_and_a_shared_mark(several, desk):
    batch, found = all_at_once(desk.mona, several, {"priority": Priority.HIGH})
    assert [found[n].refused for n in several[:3]] == ["", "", ""]
    assert found[several[3]].refused == "This doesn't exist, or you don't have access to it."
    marked = events(batch=batch)
    assert {(e.ticket_id, e.field, e.old, e.new) for e in marked} == {
        (n, "priority", "normal", "high") for n in several[:3]
    }
    assert len(marked) == 3
    assert {n: row.priority for n, row in lines(desk).items()} == {
        **dict.fromkeys(several[:3], Priority.HIGH),
        several[3]: Priority.NORMAL,
    }


def test_all_of_it_is_undone_at_once_but_what_was_changed_since_stays(several, desk):
    before = lines(desk)
    changes = {
        "priority": Priority.URGENT, "status": "In Progress", "assignee": desk.rita.id,
        "add_tags": ["VIP"], "remove_tags": ["Paper"], "due": date(2026, 12, 24),
    }  # fmt: skip
    batch, _ = all_at_once(desk.ada, several[:3], changes)
    with act() as session:
        third = tickets.find(session, desk.rita, several[2], to_change=True)
        tickets.prioritize(session, desk.rita, third, priority=Priority.LOW, seen=third.version)
        comments.add(session, desk.rita, tickets.find(session, desk.rita, several[1]), body="A word")
        assert tickets.list_tags(session, third) == ["vip"]
    back = undone(desk.ada, batch)
    assert (back[several[0]].refused, back[several[1]].refused) == ("", "")
    assert back[several[2]].refused == f"#{several[2]} changed since then."
    after = lines(desk)
    for n in several[:2]:
        moving = ("version", "updated_at", "first_response_at")
        assert after[n]._replace(**{name: getattr(before[n], name) for name in moving}) == before[n]
        with see() as session:
            assert tickets.list_tags(session, tickets.find(session, desk.ada, n)) == ["paper"]
    assert after[several[2]].priority == Priority.LOW
    assert all(outcome.refused for outcome in undone(desk.ada, batch).values()), "an undo is done once"


def test_a_team_and_whom_it_let_go_come_back(several, desk):
    all_at_once(desk.ada, several[:1], {"assignee": desk.rita.id})
    batch, _ = all_at_once(desk.ada, several[:1], {"team": desk.facilities})
    assert lines(desk)[several[0]].assignee is None
    undone(desk.ada, batch)
    row = lines(desk)[several[0]]
    assert (row.team_id, row.assignee_id) == (desk.service_desk, desk.rita.id)


def test_a_preview_tells_the_same_and_changes_nothing(several, desk):
    with act() as session:
        first, second = (tickets.find(session, desk.ada, n) for n in several[:2])
        links.link(session, desk.ada, second, name="blocked_by", other=first)
    told, before = len(events()), lines(desk)
    _, foreseen = all_at_once(desk.mona, several[1:], {"status": "Completed"}, keep=False)
    assert (len(events()), lines(desk)) == (told, before)
    assert foreseen[several[2]].changed and not foreseen[several[2]].refused
    _, done = all_at_once(desk.mona, several[1:], {"status": "Completed"})
    assert "can't be moved to Completed" in done[several[1]].refused
    assert done == foreseen


def test_what_was_changed_meanwhile_is_refused_and_the_others_go_on(several, desk):
    with act() as session:
        first = tickets.find(session, desk.rita, several[0], to_change=True)
        tickets.claim(session, desk.rita, first)
    seen = [Target(n, 1) for n in several[:2]]
    _, found = all_at_once(desk.mona, seen, {"priority": Priority.LOW})
    assert found[several[0]].refused.startswith(f"Somebody else changed #{several[0]}")
    assert found[several[1]].changed


def test_the_workflow_holds_for_each(several, desk):
    with act() as session:
        was, to = (statuses.get(session, name) for name in ("To-Do", "Completed"))
        role = desk.mona.role_id or 0
        workflow.set_rule(session, desk.ada, role_id=role, was=was, to=to, allowed=True, asks_reason=True)
    _, found = all_at_once(desk.mona, several[:1], {"status": "Completed"})
    assert found[several[0]].refused == "Enter a reason for moving it to Completed."
    _, found = all_at_once(desk.mona, several[:1], {"status": "Completed", "reason": "All replaced"})
    assert found[several[0]].changed


def test_nobody_without_the_permission_changes_many(several, desk):
    for actor in (desk.sam, desk.rita):
        with pytest.raises(NotPermitted, match=r"ticket\.bulk"):
            all_at_once(actor, several, {"priority": Priority.LOW})
        with pytest.raises(NotPermitted, match=r"ticket\.bulk"), act() as session:
            bulk.change(session, actor, [Target(several[0])], {"priority": Priority.LOW})
    assert {row.priority for row in lines(desk).values()} == {Priority.NORMAL}


def test_assigning_many_takes_what_assigning_one_takes(several, desk):
    """P14: each is refused, and each refusal stands in the audit."""
    scopes = {**desk.rita.scopes, Permission.TICKET_BULK: Scope.TEAM}
    rita, was = replace(desk.rita, scopes=scopes), denials(desk.rita)
    _, found = all_at_once(rita, several[:3], {"assignee": desk.arun.id, "priority": Priority.LOW})
    assert all("ticket.assign_other" in o.refused for o in found.values())
    assert denials(desk.rita) == was + 3
    assert {(row.assignee, row.priority) for row in lines(desk).values()} == {(None, Priority.NORMAL)}
    _, found = all_at_once(rita, several[:3], {"assignee": rita.id})
    assert all(o.changed for o in found.values()), "taking is not assigning to somebody else"


def test_only_one_s_own_batch_is_undone(several, desk):
    batch, _ = all_at_once(desk.mona, several[:2], {"priority": Priority.LOW})
    for actor, mark in ((desk.ada, batch), (desk.mona, "nothing"), (desk.mona, "")):
        with pytest.raises(NotFound), see() as session:
            bulk.list_changed(session, actor, mark)


def test_none_too_many_and_nothing_to_change_are_refused(several, desk):
    for targets in ([], range(1, bulk.MAX_TICKETS + 2)):
        with pytest.raises(Invalid, match="between 1 and 500"):
            all_at_once(desk.ada, targets, {"priority": Priority.LOW})
    for changes in ({}, {"reason": "x"}, {"title": "x"}):
        with pytest.raises(Invalid, match="Choose what"):
            all_at_once(desk.ada, several, changes)


def test_a_ticket_named_twice_is_changed_once(several, desk):
    batch, found = all_at_once(desk.ada, [several[0], several[0]], {"priority": Priority.LOW})
    assert len(found) == len(events(batch=batch)) == 1
