"""Teams: people who work on tickets together."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Membership, Person, Team
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import names, text
from lib.core.errors import Invalid


@dataclass(frozen=True)
class TeamCard:
    """A team. `members` maps ids of people to names, and is empty for people who are not staff."""

    id: int
    name: str
    is_default: bool
    members: dict[int, str]
    version: int = 1


def list_all(session: Session, actor: Actor) -> list[TeamCard]:
    """Return all teams by name. Only staff see their members."""
    teams = session.exec(select(Team).order_by(Team.name)).all()
    members: dict[int, dict[int, str]] = {}
    if actor.staff or actor.id is None:
        rows = session.exec(
            select(Membership.team_id, Person.id, Person.name)
            .join(Person, col(Person.id) == Membership.person_id)
            .where(col(Person.active))
            .order_by(Person.name)
        ).all()
        for team, person, name in rows:
            members.setdefault(team, {})[person] = name
    return [TeamCard(t.id, t.name, t.is_default, members.get(t.id, {}), t.version) for t in teams]


def get(session: Session, team_id: int) -> Team:
    """Return a team. Raises Invalid naming the field `team`."""
    team = session.get(Team, team_id)
    if team is None:
        raise Invalid("There is no such team.", fields={"team": "There is no such team."})
    return team


def get_default_id(session: Session) -> int:
    """Return the id of the default team."""
    return session.exec(select(Team.id).where(col(Team.is_default))).one() or 0


def create(session: Session, actor: Actor, *, name: str) -> Team:
    """Add a team. Raises Invalid when the name is taken."""
    gate.require(actor, Permission.TEAM_MANAGE, least=Scope.ALL)
    team = Team(name=_free_name(session, name))
    session.add(team)
    session.flush()
    events.record(session, actor, Action.TEAM_CREATED, subject=f"team:{team.id}", new=team.name)
    return team


def rename(session: Session, actor: Actor, team: Team, *, name: str) -> None:
    """Rename a team."""
    _require_manage(actor, team)
    if name.strip() == team.name:
        return
    was, team.name = team.name, _free_name(session, name, but=team.id)
    _record_change(session, actor, team, field="name", old=was, new=team.name)


def add_member(session: Session, actor: Actor, team: Team, person: Person) -> None:
    """Add a person to a team. Does nothing if they are in it."""
    _require_manage(actor, team)
    if session.get(Membership, (person.id, team.id)) is None:
        session.add(Membership(person_id=person.id, team_id=team.id))
        person.version += 1
        _record_change(session, actor, team, field="member", old=None, new=str(person.id))


def remove_member(session: Session, actor: Actor, team: Team, person: Person) -> None:
    """Remove a person from a team. They can't see its tickets anymore."""
    _require_manage(actor, team)
    row = session.get(Membership, (person.id, team.id))
    if row is not None:
        session.delete(row)
        person.version += 1
        _record_change(session, actor, team, field="member", old=str(person.id), new=None)


def _free_name(session: Session, name: str, *, but: int | None = None) -> str:
    name = text.clean_line(name, field="name", limit=80)
    lock(session, "teams")
    others = session.exec(select(Team.name).where(col(Team.id).is_distinct_from(but))).all()
    return names.must_be_free(name, others, what="team")


def _record_change(
    session: Session, actor: Actor, team: Team, *, field: str, old: str | None, new: str | None
) -> None:
    team.version += 1
    events.record(
        session, actor, Action.TEAM_CHANGED, subject=f"team:{team.id}", field=field, old=old, new=new
    )


def _require_manage(actor: Actor, team: Team) -> None:
    gate.require(actor, Permission.TEAM_MANAGE, least=Scope.TEAM)
    if not actor.may(Permission.TEAM_MANAGE, least=Scope.ALL) and team.id not in actor.teams:
        raise gate.not_permitted(actor, Permission.TEAM_MANAGE, subject="team", subject_id=team.id)
