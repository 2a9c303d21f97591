"""Who and what the load needs before its tickets: teams, categories, agents and requesters, by the usual verbs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from commands.seed.plan import AGENTS, CATEGORIES, REQUESTERS
from commands.shell import desk
from db.models import Category, Person, Status, Team
from db.vocabulary import Permission
from lib.access import roles
from lib.access.gate import Actor
from lib.catalog import categories
from lib.people import accounts, teams

TEAMS = ("Applications", "Infrastructure", "Onsite", "Security")
DOMAIN = "load.example"


@dataclass(frozen=True)
class Cast:
    """The ids of everybody and everything, in the order of the plan; `works` lists the agents of each team."""

    agents: list[int]
    requesters: list[int]
    categories: list[int]
    team_of: list[int]
    works: dict[int, list[int]]
    statuses: dict[str, int]


def prepare_cast(session: Session) -> Cast:
    """Return the cast, adding whoever is not here yet; nobody of it has a password."""
    me = desk.build_operator(Permission.USER_MANAGE, Permission.TEAM_MANAGE, Permission.SYSTEM_MANAGE)
    named = {t.name: t.id for t in session.exec(select(Team)).all()}
    team_ids = [named.get(name) or teams.create(session, me, name=name).id for name in TEAMS]
    works: dict[int, list[int]] = {team: [] for team in team_ids}
    agents = _prepare_people(session, me, "agent", [_choose_teams(n, team_ids) for n in range(AGENTS)])
    for n, agent in enumerate(agents):
        for team in _choose_teams(n, team_ids):
            works[team].append(agent)
    requesters = _prepare_people(session, me, "requester", [[] for _ in range(REQUESTERS)])
    team_of = [team_ids[n % len(team_ids)] for n in range(len(CATEGORIES))]
    there = {c.name: c.id for c in session.exec(select(Category)).all()}
    category_ids = [
        there.get(name) or categories.create(session, me, name=name, team_id=team).id
        for name, team in zip(CATEGORIES, team_of, strict=True)
    ]
    statuses = {s.name: s.id for s in session.exec(select(Status).order_by(col(Status.position))).all()}
    return Cast(agents, requesters, category_ids, team_of, works, statuses)


def _choose_teams(number: int, team_ids: Sequence[int]) -> list[int]:
    """Let every agent be in one team, every fifth in two, every tenth in three."""
    more = 1 + (number % 5 == 0) + (number % 10 == 0)
    return [team_ids[(number + k) % len(team_ids)] for k in range(more)]


def _prepare_people(session: Session, me: Actor, role_name: str, memberships: list[list[int]]) -> list[int]:
    role = roles.get(session, role_name)
    digits = len(str(len(memberships)))
    found = []
    for n, joins in enumerate(memberships, 1):
        email = f"{role_name}{n:0{digits}}@{DOMAIN}"
        here: Person | None = accounts.find_by_email(session, email)
        name = f"{role_name.capitalize()} {n:0{digits}}"
        person = here or accounts.invite(session, me, email=email, name=name, role=role, teams=joins)
        found.append(person.id)
    return found
