"""Removing teams: an empty team is deleted, any other is merged into another one with everything it has."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, update
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import (
    AssignmentRule,
    CannedReply,
    Category,
    Membership,
    Message,
    Person,
    SavedView,
    Team,
    TeamSlackChannel,
    Ticket,
)
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import names
from lib.core.errors import Invalid

REPLY_NAME_LIMIT = 80
"""Characters of a canned reply's name."""


@dataclass(frozen=True)
class TeamContents:
    """What a team has: `tickets` (`open` of them open), and the rest that goes to the team it is merged into."""

    tickets: int
    open: int
    members: int
    categories: int
    replies: int
    views: int
    rule: bool
    slack: bool
    default: bool

    @property
    def needs_successor(self) -> bool:
        """Whether the team must be merged into another one, because it is not empty."""
        return bool(
            self.default or self.tickets or self.members or self.categories or self.replies or self.views
        )


def preview(session: Session, actor: Actor, team: Team) -> TeamContents:
    """Return what a team has, without changing anything. Raises NotPermitted."""
    gate.require(actor, Permission.TEAM_MANAGE, least=Scope.ALL)
    held = select(func.count(), func.count().filter(col(Ticket.open))).where(Ticket.team_id == team.id)
    tickets, open_ = session.execute(gate.unscoped(held, "administration was permitted")).one()
    members, categories, replies, views, rules, places = (
        session.exec(select(func.count()).select_from(model).where(where)).one()
        for model, where in (
            (Membership, Membership.team_id == team.id),
            (Category, (col(Category.team_id) == team.id) & ~col(Category.retired)),
            (CannedReply, CannedReply.team_id == team.id),
            (SavedView, SavedView.team_id == team.id),
            (AssignmentRule, AssignmentRule.team_id == team.id),
            (TeamSlackChannel, TeamSlackChannel.team_id == team.id),
        )
    )
    return TeamContents(
        tickets, open_, members, categories, replies, views, rule=bool(rules), slack=bool(places),
        default=team.is_default,
    )  # fmt: skip


def delete(session: Session, actor: Actor, team: Team, *, seen: int | None = None) -> None:
    """Delete an empty team with its assignment rule and Slack channel.

    Raises NotPermitted, Conflict (changed since version `seen`), and Invalid naming the field `successor` when the
    team is not empty.
    """
    _lock_team(session, actor, team, seen)
    found = preview(session, actor, team)
    if found.default:
        raise Invalid(
            "This is the default team. Merge it into another team, which becomes the default.",
            fields={"successor": "Choose the new default team."},
        )
    if found.needs_successor:
        raise Invalid(
            "This team is not empty. Merge it into another team, which gets everything in it.",
            fields={"successor": "Choose the team that gets everything."},
        )
    session.execute(update(Category).where(col(Category.team_id) == team.id).values(team_id=None))
    session.delete(team)
    session.flush()
    events.record(session, actor, Action.TEAM_DELETED, subject=f"team:{team.id}", old=team.name)


def merge(session: Session, actor: Actor, team: Team, *, into: Team, seen: int | None = None) -> None:
    """Move everything that a team has, including its members, to another team and delete it.

    The other team keeps its own assignment rule and Slack channel, if it has them. A canned reply whose name is
    already used there gets the team's name appended. Raises NotPermitted, Invalid, Conflict (changed since version
    `seen`).
    """
    _lock_team(session, actor, team, seen)
    if team.id == into.id:
        raise Invalid("A team can't be merged into itself.", fields={"successor": "Choose another team."})
    found = preview(session, actor, team)
    _move_members(session, team, into)
    _move_replies(session, team, into)
    for model in (AssignmentRule, TeamSlackChannel):
        there = session.exec(select(model).where(model.team_id == into.id)).first()
        change: Any = delete_rows(model) if there else update(model).values(team_id=into.id)
        _run(session, change.where(col(model.team_id) == team.id))
    for model in (Ticket, Category, SavedView, Message):
        counted = {"version": Category.version + 1} if model is Category else {}
        _run(session, update(model).where(col(model.team_id) == team.id).values(team_id=into.id, **counted))
    into.version += 1
    was_default = team.is_default
    session.delete(team)
    session.flush()
    if was_default:
        into.is_default = True
    events.record(
        session, actor, Action.TEAM_MERGED, subject=f"team:{team.id}", field="into", old=team.name, new=into.name,
        reason=f"{found.tickets} tickets and {found.members} members moved",
    )  # fmt: skip


def _lock_team(session: Session, actor: Actor, team: Team, seen: int | None) -> None:
    """Check the permission, and lock the team and what is added to it until the transaction ends."""
    gate.require(actor, Permission.TEAM_MANAGE, least=Scope.ALL)
    lock(session, "teams")
    held = select(Team).where(Team.id == team.id).with_for_update()
    session.exec(held.execution_options(populate_existing=True)).one().must_be(seen)


def _move_members(session: Session, team: Team, into: Team) -> None:
    there = select(Membership.person_id).where(Membership.team_id == into.id)
    here = col(Membership.team_id) == team.id
    members = select(Membership.person_id).where(here)
    _run(session, update(Person).where(col(Person.id).in_(members)).values(version=Person.version + 1))
    _run(
        session,
        update(Membership).where(here, col(Membership.person_id).not_in(there)).values(team_id=into.id),
    )
    _run(session, delete_rows(Membership).where(here))


def _move_replies(session: Session, team: Team, into: Team) -> None:
    lock(session, "canned replies")
    taken = {
        names.key(n) for n in session.exec(select(CannedReply.name).where(CannedReply.team_id == into.id))
    }
    for reply in session.exec(select(CannedReply).where(CannedReply.team_id == team.id)).all():
        name, number = reply.name, 1
        while names.key(name) in taken:
            suffix = f" ({team.name[:30]})" if number == 1 else f" ({team.name[:30]} {number})"
            name, number = reply.name[: REPLY_NAME_LIMIT - len(suffix)] + suffix, number + 1
        taken.add(names.key(name))
        reply.name, reply.team_id = name, into.id
        reply.version += 1
    session.flush()


def _run(session: Session, change: Any) -> None:
    session.execute(gate.unscoped(change, "administration was permitted", synchronize_session=False))
