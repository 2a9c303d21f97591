"""Statuses and the workflow: what administrators keep, and what it asks of those who move tickets."""

import pytest

from db.vocabulary import StatusCategory
from lib.access import roles
from lib.catalog import statuses
from lib.conversation import history
from lib.core.errors import Invalid, NotPermitted
from lib.tickets import tickets, workflow
from lib.transactions import act, see
from tests import cast
from tests.lib.tickets.test_links import move


def find(session, name):
    return statuses.get(session, name)


def names():
    with see() as session:
        return [s.name for s in statuses.list_all(session)]


def forbid(desk, role, was, to, *, allowed=False, asks_reason=False, by=None):
    with act() as session:
        workflow.set_rule(
            session, by or desk.ada, role_id=roles.get(session, role).id, was=find(session, was), to=find(session, to),
            allowed=allowed, asks_reason=asks_reason,
        )  # fmt: skip


def test_a_role_makes_only_the_moves_it_is_allowed(desk):
    number = cast.create_ticket(desk.sam)
    forbid(desk, "agent", "To-Do", "Completed")
    with pytest.raises(Invalid, match="Your role \\(agent\\) can't move a ticket from To-Do to Completed"):
        move(desk.rita, number, "Completed")
    move(desk.mona, number, "Completed")
    forbid(desk, "agent", "Completed", "To-Do", allowed=False)
    forbid(desk, "agent", "Completed", "To-Do", allowed=True)
    move(desk.rita, number, "To-Do")


def test_a_reason_is_asked_where_the_status_or_the_role_wants_one(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        statuses.set_reason_required(session, desk.ada, find(session, "Blocked"), asks=True)
    forbid(desk, "agent", "To-Do", "Pending", allowed=True, asks_reason=True)
    for name in ("Blocked", "Pending"):
        with pytest.raises(Invalid) as refusal:
            move(desk.rita, number, name)
        assert "reason" in refusal.value.fields
    move(desk.rita, number, "Blocked", reason="The vendor sends a part")
    with see() as session:
        last = history.list_for_ticket(session, desk.sam, tickets.find(session, desk.sam, number))[-1]
    assert last.sentence == "moved it from To-Do to Blocked: The vendor sends a part"


def test_targets_name_what_the_role_may_choose(desk):
    forbid(desk, "agent", "To-Do", "Completed")
    with see() as session:
        used = {s.id: s for s in statuses.list_rows(session)}
        start, done = find(session, "To-Do").id, find(session, "Completed").id
        assert done not in workflow.list_targets(session, desk.rita, used)[start]
        assert done in workflow.list_targets(session, desk.mona, used)[start]


def test_statuses_are_added_renamed_ordered_and_limited_by_administrators_only(desk):
    with act() as session:
        statuses.create(session, desk.ada, name="In review", kind=StatusCategory.ACTIVE)
    with act() as session:
        statuses.rename(session, desk.ada, find(session, "In review"), name="Review")
        statuses.set_limit(session, desk.ada, find(session, "Review"), limit=4)
        ids = [s.id for s in statuses.list_all(session)]
        statuses.reorder(session, desk.ada, [ids[-1], *ids[:-1]])
    assert names()[0] == "Review"
    with see() as session:
        assert statuses.list_all(session)[0].limit == 4
    for verb in (
        lambda s: statuses.create(s, desk.mona, name="X", kind=StatusCategory.TODO),
        lambda s: statuses.rename(s, desk.mona, find(s, "Review"), name="X"),
        lambda s: statuses.reorder(s, desk.mona, [1]),
        lambda s: statuses.archive(s, desk.mona, find(s, "Review")),
    ):
        with pytest.raises(NotPermitted), act() as session:
            verb(session)
    with pytest.raises(NotPermitted):
        forbid(desk, "agent", "Review", "Pending", by=desk.mona)


def test_a_used_status_is_retired_by_naming_a_like_successor(desk):
    number = cast.create_ticket(desk.sam)
    move(desk.rita, number, "Pending")
    with pytest.raises(Invalid, match="successor"), act() as session:
        statuses.archive(session, desk.ada, find(session, "Pending"))
    with pytest.raises(Invalid, match="same kind of category"), act() as session:
        statuses.archive(session, desk.ada, find(session, "Pending"), successor=find(session, "Completed"))
    with act() as session:
        statuses.archive(session, desk.ada, find(session, "Pending"), successor=find(session, "Blocked"))
    assert "Pending" not in names()
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        assert ticket.status_id == find(session, "Blocked").id
    with pytest.raises(Invalid, match="New tickets"), act() as session:
        statuses.archive(session, desk.ada, find(session, "To-Do"), successor=find(session, "Blocked"))
