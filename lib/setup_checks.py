"""Setup checks: facts about people and teams that an administrator should look into."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from db.models import Membership, Person, Team
from db.vocabulary import Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.assignment import departed_assignees
from lib.assignment.departed_assignees import DepartedAssignee
from lib.people import accounts


@dataclass(frozen=True)
class SetupIssues:
    """What an administrator should look into.

    `alone`: there is no other administrator. `invited`: people without a password yet. `empty`: teams without members.
    `left`: open tickets that have no assignee because theirs left.
    """

    alone: bool
    invited: int
    empty: tuple[str, ...]
    left: tuple[DepartedAssignee, ...]


def run(session: Session, actor: Actor) -> SetupIssues:
    """Return what needs attention. Raises NotPermitted for people who don't manage everybody."""
    gate.require(actor, Permission.USER_MANAGE, least=Scope.ALL)
    waiting = (
        select(func.count())
        .select_from(Person)
        .where(col(Person.active), col(Person.password_hash).is_(None))
    )
    manned = select(Membership.team_id)
    empty = select(Team.name).where(col(Team.id).not_in(manned)).order_by(Team.name)
    return SetupIssues(
        alone=accounts.count_administrators(session) < 2,
        invited=session.exec(waiting).one(),
        empty=tuple(session.exec(empty).all()),
        left=tuple(departed_assignees.list_all(session, actor)),
    )
