"""P12: every permission, role, relation and channel, against a table written by hand from the design."""

from collections.abc import Callable
from itertools import product

import pytest
from sqlmodel import Session, select

from db.models import Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.core.errors import NotFound, NotPermitted
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

ROLES = ("requester", "agent", "manager", "administrator")

# A all, T the teams one is in, O what one takes part in, - nothing; columns as in ROLES.
TABLE = """
    ticket.create          O T T A
    ticket.read            O T T A
    ticket.confidential    O - T -
    comment.public         O T T A
    comment.internal       - T T A
    comment.read_internal  - T T A
    comment.edit_own       O T T A
    ticket.update          O T T A
    ticket.priority        - T T A
    ticket.claim           - T T -
    ticket.assign_other    - - T A
    ticket.transition      - T T A
    ticket.close           O T T A
    ticket.merge           - T T A
    ticket.move_team       - T T A
    ticket.participants    O T T A
    ticket.delete          - - T A
    time.log               - T T A
    time.read              - T T A
    time.manage            - - T A
    ticket.bulk            - - T A
    attachment.add         O T T A
    attachment.read        O T T A
    attachment.remove      O T T A
    export.tickets         O - T A
    rate.manage            - - - A
    report.view            - O T A
    sla.override           - - T A
    template.manage        - - T A
    team.manage            - - T A
    user.manage            - - T A
    apikey.own             - O O A
    audit.read             - - T A
    system.manage          - - - A
"""
LETTERS = {
    (words[0], role): letter
    for words in (row.split() for row in TABLE.strip().splitlines())
    for role, letter in zip(ROLES, words[1:], strict=True)
}
PARTICIPATION = {p for p in Permission if LETTERS[p, "requester"] == "O"} - {Permission.TICKET_CREATE}
"""What whoever takes part may do, be they requester or staff of another team; all else is work."""

# relation: (takes part, in the team, confidential, there at all)
RELATIONS = {
    "own": (True, False, False, True),
    "in copy": (True, False, False, True),
    "team": (False, True, False, True),
    "other team": (False, False, False, True),
    "confidential own": (True, False, True, True),
    "confidential in copy": (True, False, True, True),
    "confidential team": (False, True, True, True),
    "confidential other team": (False, False, True, True),
    "assigned": (True, True, False, True),
    "confidential assigned": (True, True, True, True),
    "assigned before leaving the team": (False, False, False, True),
    "own, deleted": (True, False, False, False),
    "team, deleted": (False, True, False, False),
}


def reaches(permission: str, role: str, relation: str) -> bool:
    """Whether a role's permission covers a relation, from the table alone."""
    part, team, _confidential, _there = RELATIONS[relation]
    by_part = part and permission in PARTICIPATION
    return {"A": True, "T": team or by_part, "O": by_part, "-": False}[LETTERS[permission, role]]


def expected(permission: str, role: str, relation: str) -> str:
    """What must happen: `allowed`, `refused` by name, or `hidden` as if it did not exist."""
    part, _team, confidential, there = RELATIONS[relation]
    private = not confidential or part or reaches("ticket.confidential", role, relation)
    if not (there and private and reaches("ticket.read", role, relation)):
        return "hidden"
    return "allowed" if reaches(permission, role, relation) else "refused"


def populate(desk: cast.Company) -> tuple[dict[str, Actor], dict[tuple[str, str], int]]:
    """A person of each role in the service desk, and a ticket of each relation for each of them."""
    with act() as session:
        people = {role: cast.hire(session, f"The {role}", role, desk.service_desk) for role in ROLES}
        numbers = {}
        for role, relation in product(ROLES, RELATIONS):
            actor = people[role]
            _part, team, confidential, there = RELATIONS[relation]
            ticket = tickets.create(session, desk.sam, title=f"{role}: {relation}")
            ticket.team_id = desk.service_desk if team else desk.facilities
            ticket.confidential = confidential
            if "own" in relation:
                ticket.requester_id = actor.person_id
            if "assigned" in relation:
                ticket.assignee_id = actor.id
            if "copy" in relation:
                docket = gate.system_actor("tests", *Permission)
                tickets.add_cc(session, docket, ticket, cast.get_person(session, actor))
            if not there:
                ticket.deleted_at = ticket.created_at
            numbers[role, relation] = ticket.id
    return people, numbers


def by_rule(session: Session, actor: Actor, permission: Permission, number: int) -> str:
    ticket = session.get_one(Ticket, number, execution_options=UNSCOPED)
    if not gate.can_see(session, actor, ticket):
        return "hidden"
    return "allowed" if gate.can(session, actor, permission, ticket) else "refused"


def by_sql(session: Session, actor: Actor, permission: Permission, number: int) -> str:
    reached = scoped(session, actor, permission)
    return "hidden" if number not in reached else "allowed" if reached[number] else "refused"


def scoped(session: Session, actor: Actor, permission: Permission) -> dict[int, bool]:
    """All tickets that the actor sees by SQL, and whether the permission reaches them: asked once, as a list asks."""
    asked = session.info.setdefault((actor.id, permission), {})
    if asked:
        return asked
    rows = session.execute(gate.visible(actor, Ticket.id, gate.scope_condition(actor, permission)))
    asked.update({number: bool(reached) for number, reached in rows})
    return asked


def by_verb(session: Session, actor: Actor, permission: Permission, number: int) -> str:
    """As every verb does it: find the ticket, ask for the permission; a refusal names what is missing."""
    try:
        gate.permit(session, actor, permission, tickets.find(session, actor, number))
    except NotFound:
        return "hidden"
    except NotPermitted as refusal:
        assert refusal.permission == permission
        return "refused"
    return "allowed"


CHANNELS: dict[str, Callable[[Session, Actor, Permission, int], str]] = {
    "rule": by_rule,
    "sql": by_sql,
    "verb": by_verb,
}


def test_the_table_by_hand_has_a_row_for_each_permission():
    assert {p for p, _role in LETTERS} == {p.value for p in Permission}


def test_every_cell_is_as_the_table_says(desk):
    people, numbers = populate(desk)
    wrong, executed = [], 0
    with see() as session:
        for permission, role, relation, channel in product(Permission, ROLES, RELATIONS, CHANNELS):
            answer = CHANNELS[channel](session, people[role], permission, numbers[role, relation])
            executed += 1
            if answer != expected(permission, role, relation):
                wrong.append((permission.value, role, relation, channel, answer))
    assert wrong == []
    assert executed == len(Permission) * len(ROLES) * len(RELATIONS) * len(CHANNELS) == 5304


@pytest.mark.parametrize("role", ROLES)
def test_a_fresh_desk_grants_what_the_table_says_and_nothing_else(desk, role):
    """CVE-2026-72555: the checks of a peer were no-ops until somebody switched them on."""
    with act() as session:
        actor = cast.hire(session, "Some body", role)
    letters = {p.value: "-OTA"[actor.reach(p)] for p in Permission}
    assert letters == {p.value: LETTERS[p, role] for p in Permission}


def test_a_list_holds_just_the_visible_cells(desk):
    people, numbers = populate(desk)
    for role, actor in people.items():
        readable = select(Ticket.id).where(gate.visible_condition(actor)).execution_options(**UNSCOPED)
        with see() as session:
            found = set(session.exec(readable))
        for (whose, relation), number in numbers.items():
            if whose == role:
                assert (number in found) == (expected("ticket.read", role, relation) != "hidden"), relation
