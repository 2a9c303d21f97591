"""The gate's rule in Python and its scope in SQL are one rule: shown on random worlds."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from db.models import Participant, Person, Team, Ticket
from db.vocabulary import Permission, Scope, Source
from lib.access import gate
from lib.access.gate import Actor
from lib.core.errors import NotFound, NotPermitted
from lib.transactions import see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("the gate's scope is SQL that both databases must read alike")


NOW = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE, TEAMS = range(3), range(3)

ticket_facts = st.fixed_dictionaries(
    {
        "team": st.sampled_from(TEAMS),
        "requester": st.sampled_from(PEOPLE),
        "assignee": st.none() | st.sampled_from(PEOPLE),
        "copied": st.sets(st.sampled_from(PEOPLE), max_size=2),
        "confidential": st.booleans(),
        "deleted": st.booleans(),
    }
)
person_facts = st.fixed_dictionaries(
    {
        "teams": st.sets(st.sampled_from(TEAMS)),
        "scopes": st.dictionaries(st.sampled_from(Permission), st.sampled_from(Scope)),
        "read": st.sampled_from(Scope),
    }
)
worlds = st.fixed_dictionaries(
    {
        "people": st.lists(person_facts, min_size=len(PEOPLE), max_size=len(PEOPLE)),
        "tickets": st.lists(ticket_facts, min_size=1, max_size=8),
    }
)


def build(session: Session, world: dict) -> tuple[list[Actor], list[Ticket]]:
    """Write a world into the session's transaction, which is never committed."""
    role = session.exec(select(Person.role_id)).first() or 1
    teams = [Team(name=f"Team {n}") for n in TEAMS]
    people = [Person(email=f"p{n}@example.org", name=f"P{n}", role_id=role, created_at=NOW) for n in PEOPLE]
    session.add_all([*teams, *people])
    session.flush()
    actors = [
        Actor(
            id=person.id,
            name=person.name,
            role="made up",
            scopes={Permission.TICKET_READ: facts["read"], **facts["scopes"]},
            teams=frozenset(teams[n].id for n in facts["teams"]),
            channel=Source.API,
        )
        for person, facts in zip(people, world["people"], strict=True)
    ]
    tickets = []
    for facts in world["tickets"]:
        assignee = facts["assignee"]
        ticket = Ticket(
            title="t",
            status_id=1,
            team_id=teams[facts["team"]].id,
            requester_id=people[facts["requester"]].id,
            assignee_id=None if assignee is None else people[assignee].id,
            confidential=facts["confidential"],
            deleted_at=NOW if facts["deleted"] else None,
            created_at=NOW,
            updated_at=NOW,
            public_updated_at=NOW,
        )
        session.add(ticket)
        session.flush()
        session.add_all(Participant(ticket_id=ticket.id, person_id=people[n].id) for n in facts["copied"])
        tickets.append(ticket)
    session.flush()
    return actors, tickets


def ids(session: Session, condition) -> set[int | None]:
    return set(session.exec(select(Ticket.id).where(condition).execution_options(**UNSCOPED)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_the_sql_scope_equals_the_rule_for_everybody_and_every_permission(desk, world):
    with see() as session:
        actors, tickets = build(session, world)
        for actor in [*actors, gate.system_actor("tests", Permission.TICKET_READ, Permission.TICKET_CLOSE)]:
            seen = {t.id for t in tickets if gate.can_see(session, actor, t)}
            assert ids(session, gate.visible_condition(actor)) == seen
            for permission in {Permission.TICKET_READ, Permission.COMMENT_INTERNAL, *actor.scopes}:
                covered = {t.id for t in tickets if gate.can(session, actor, permission, t)}
                assert ids(session, gate.scope_condition(actor, permission)) == covered
                for ticket in tickets:
                    if gate.works_on(actor, permission, ticket):
                        assert ticket.id in covered


def test_staff_who_ask_another_team_are_requesters_there(desk):
    """C17: an agent reads no note on their own request, and does not work it."""
    number = cast.create_ticket(desk.bela, team_id=desk.service_desk)
    for permission in (
        Permission.COMMENT_READ_INTERNAL,
        Permission.TICKET_PRIORITY,
        Permission.TICKET_DELETE,
    ):
        with pytest.raises(NotPermitted), see() as session:
            gate.permit(session, desk.bela, permission, gate_find(session, desk.bela, number))
    with see() as session:
        gate.permit(session, desk.bela, Permission.COMMENT_PUBLIC, gate_find(session, desk.bela, number))


def gate_find(session: Session, actor: Actor, number: int) -> Ticket:
    return session.exec(gate.visible(actor).where(Ticket.id == number)).one()


def test_the_unseen_is_not_found_and_the_seen_is_refused_by_name(desk):
    number = cast.create_ticket(desk.sam)
    with see() as session:
        ticket = gate_find(session, desk.sam, number)
    with pytest.raises(NotFound), see() as session:
        gate.permit(session, desk.bob, Permission.TICKET_READ, ticket)
    with pytest.raises(NotPermitted, match=r"requester.*ticket\.priority"), see() as session:
        gate.permit(session, desk.sam, Permission.TICKET_PRIORITY, ticket)


@pytest.mark.parametrize("scope", ["read", "write", "admin", "nonsense"])
def test_a_token_never_lets_its_owner_do_more(desk, scope):
    capped = desk.ada.capped(scope)
    assert all(capped.reach(p) in (Scope.NONE, desk.ada.reach(p)) for p in Permission)
    kept = {p for p in Permission if capped.may(p)}
    if scope == "read":
        assert kept == gate.READ_PERMISSIONS & {p for p in Permission if desk.ada.may(p)}
    if scope == "write":
        assert not kept & gate.ADMIN_PERMISSIONS
    if scope == "nonsense":
        assert kept <= gate.READ_PERMISSIONS
