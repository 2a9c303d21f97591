"""Canned replies: prepared texts for one team or all, with variables that are filled in from the ticket."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import CannedReply, Person, Status, Team, Ticket
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import folding, names, text
from lib.core.errors import Invalid
from lib.people import teams

MAX_SUGGESTIONS = 8
"""Replies suggested while somebody writes."""
_VARIABLE = re.compile(r"\{([A-Za-z_.]{1,40})\}")

VARIABLES: Mapping[str, str] = {
    "ticket.number": "ticket number, such as #44",
    "ticket.title": "title",
    "ticket.status": "status",
    "ticket.team": "team",
    "requester.name": "requester",
    "requester.first_name": "the first part of their name",
    "agent.name": "author of the reply",
    "agent.first_name": "the first part of their name",
}
"""The variables and what each stands for. In a reply they are written in braces."""


@dataclass(frozen=True)
class CannedReplyCard:
    """A canned reply. `team_id` is None if it is for all teams; `mine` is whether the actor may change it."""

    id: int
    name: str
    body: str
    team_id: int | None
    version: int
    mine: bool


@dataclass(frozen=True)
class FilledReply:
    """A canned reply with its variables filled in for a ticket."""

    id: int
    name: str
    body: str


def list_all(session: Session, actor: Actor) -> list[CannedReplyCard]:
    """Return the replies that the actor may use, sorted by name, those for all teams first. Raises NotPermitted."""
    gate.require(actor, Permission.COMMENT_INTERNAL)
    found = select(CannedReply).where(_visible_condition(actor))
    rows = session.exec(found.order_by(col(CannedReply.team_id).is_not(None), CannedReply.name)).all()
    return [to_card(actor, row) for row in rows]


def to_card(actor: Actor, row: CannedReply) -> CannedReplyCard:
    """Return a reply as the actor sees it."""
    return CannedReplyCard(
        row.id, row.name, row.body, row.team_id, row.version, _can_manage(actor, row.team_id)
    )


def get(session: Session, actor: Actor, reply_id: int) -> CannedReply:
    """Return a reply to be changed. Raises NotPermitted, and NotFound if it belongs to another team."""
    gate.require(actor, Permission.TEMPLATE_MANAGE, least=Scope.TEAM)
    row = session.exec(
        select(CannedReply).where(CannedReply.id == reply_id, _visible_condition(actor))
    ).first()
    if row is None:
        raise gate.not_found(actor, Permission.TEMPLATE_MANAGE, "canned_reply", reply_id)
    return row


def create(session: Session, actor: Actor, *, name: str, body: str, team_id: int | None) -> CannedReply:
    """Create a reply for a team, or for all teams if `team_id` is None. Raises NotPermitted, Invalid."""
    _require_manage(actor, team_id)
    team = teams.get(session, team_id).id if team_id is not None else None
    row = CannedReply(name=_check_name(session, name, team), body=_check_body(body), team_id=team)
    session.add(row)
    session.flush()
    events.record(session, actor, Action.CANNED_CREATED, subject=f"canned_reply:{row.id}", new=row.name)
    return row


def update(
    session: Session, actor: Actor, row: CannedReply, *, name: str, body: str, team_id: int | None, seen: int
) -> None:
    """Change a reply's name, text and team. Raises NotPermitted, Invalid, Conflict (changed since `seen`)."""
    _require_manage(actor, row.team_id)
    _require_manage(actor, team_id)
    row.must_be(seen)
    team = teams.get(session, team_id).id if team_id is not None else None
    body = _check_body(body)
    name = _check_name(session, name, team, but=row.id)
    if (row.name, row.body, row.team_id) == (name, body, team):
        return
    was = row.name if row.body == body else row.body
    row.name, row.body, row.team_id = name, body, team
    row.version += 1
    session.add(row)
    session.flush()
    events.record(
        session, actor, Action.CANNED_CHANGED, subject=f"canned_reply:{row.id}", old=was, new=row.name
    )


def delete(session: Session, actor: Actor, row: CannedReply, *, seen: int | None = None) -> None:
    """Delete a reply. Comments written with it stay. Raises NotPermitted, Conflict (changed since `seen`)."""
    _require_manage(actor, row.team_id)
    row.must_be(seen)
    session.delete(row)
    events.record(session, actor, Action.CANNED_DELETED, subject=f"canned_reply:{row.id}", old=row.name)


def suggest(session: Session, actor: Actor, ticket: Ticket, *, search: str = "") -> list[FilledReply]:
    """Return replies for a ticket whose name or text contains every word of `search`, by name, filled in.

    They are for people who work on the ticket. Raises NotFound, NotPermitted.
    """
    gate.permit(session, actor, Permission.COMMENT_INTERNAL, ticket)
    here = or_(col(CannedReply.team_id).is_(None), col(CannedReply.team_id) == ticket.team_id)
    rows = session.exec(select(CannedReply).where(here).order_by(CannedReply.name)).all()
    words = folding.fold_words(search)
    matching = [row for row in rows if _matches(row.name, words)]
    matching += [row for row in rows if row not in matching and _matches(f"{row.name} {row.body}", words)]
    shown = matching[:MAX_SUGGESTIONS]
    values = _variable_values(session, actor, ticket) if shown else {}
    return [FilledReply(row.id, row.name, _fill(row.body, values)) for row in shown]


def _matches(haystack: str, words: list[str]) -> bool:
    return folding.is_prefix_match(words, folding.fold_words(haystack))


def _fill(body: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), body)


def _variable_values(session: Session, actor: Actor, ticket: Ticket) -> dict[str, str]:
    requester = session.exec(select(Person.name).where(Person.id == ticket.requester_id)).one()
    ways: dict[str, Callable[[], str]] = {
        "ticket.number": lambda: f"#{ticket.id}",
        "ticket.title": lambda: ticket.title,
        "ticket.status": lambda: session.get_one(Status, ticket.status_id).name,
        "ticket.team": lambda: session.get_one(Team, ticket.team_id).name,
        "requester.name": lambda: requester,
        "requester.first_name": lambda: requester.split()[0],
        "agent.name": lambda: actor.name,
        "agent.first_name": lambda: actor.name.split()[0],
    }
    return {name: way() for name, way in ways.items()}


def _visible_condition(actor: Actor) -> ColumnElement[bool]:
    if actor.may(Permission.TEMPLATE_MANAGE, least=Scope.ALL):
        return or_(col(CannedReply.team_id).is_(None), col(CannedReply.team_id).is_not(None))
    return or_(col(CannedReply.team_id).is_(None), col(CannedReply.team_id).in_(actor.teams))


def _can_manage(actor: Actor, team_id: int | None) -> bool:
    if actor.may(Permission.TEMPLATE_MANAGE, least=Scope.ALL):
        return True
    return team_id in actor.teams and actor.may(Permission.TEMPLATE_MANAGE, least=Scope.TEAM)


def _require_manage(actor: Actor, team_id: int | None) -> None:
    if not _can_manage(actor, team_id):
        raise gate.not_permitted(actor, Permission.TEMPLATE_MANAGE, subject="team", subject_id=team_id)


def _check_name(session: Session, name: str, team_id: int | None, but: int | None = None) -> str:
    name = text.clean_line(name, field="name", limit=80)
    lock(session, "canned replies")
    beside = select(CannedReply.name).where(
        col(CannedReply.id).is_distinct_from(but), col(CannedReply.team_id).is_not_distinct_from(team_id)
    )
    return names.must_be_free(name, session.exec(beside).all(), what="canned reply")


def _check_body(body: str) -> str:
    body = text.clean_block(body, field="body")
    unknown = sorted(set(_VARIABLE.findall(body)) - set(VARIABLES))
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in unknown)
        known = ", ".join(f"{{{name}}}" for name in VARIABLES)
        raise Invalid(
            f"There is no variable {named}. Available variables: {known}.",
            fields={"body": f"Unknown: {named}."},
        )
    return body
