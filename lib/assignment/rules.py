"""Assignment rules: how new tickets of a category or team get an assignee automatically."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from db.models import AssignmentRule, Category, Team, Ticket
from db.vocabulary import Action, AssignmentMethod, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.assignment import candidates
from lib.assignment.candidates import Candidate
from lib.audit import events
from lib.catalog import categories
from lib.core.errors import Invalid

MAX_CAP = 1000
"""The highest limit of open tickets that a rule can have."""
METHOD_NAMES = {
    AssignmentMethod.MANUAL: "manual",
    AssignmentMethod.ROUND_ROBIN: "round robin",
    AssignmentMethod.LEAST_LOADED: "least loaded",
}
ASSIGNABLE_CONDITION = and_(
    col(Ticket.open),
    ~col(Ticket.confidential),
    col(Ticket.assignee_id).is_(None),
    col(Ticket.deleted_at).is_(None),
)
"""SQL condition for tickets that a rule may assign. Keep in step with `is_assignable`."""
_SYSTEM_ACTOR = gate.system_actor("assignment", Permission.TICKET_READ, Permission.TICKET_CONFIDENTIAL)


@dataclass(frozen=True)
class RuleCard:
    """An assignment rule. It assigns nothing to people who have `cap` open tickets."""

    way: AssignmentMethod
    cap: int | None = None

    def __str__(self) -> str:
        return METHOD_NAMES[self.way] + (f", at most {self.cap}" if self.cap else "")


@dataclass(frozen=True)
class Choice:
    """The person that a rule chose, and the reason in words. `person_id` is None if nobody is available."""

    person_id: int | None
    reason: str = ""


def list_by_category(session: Session, actor: Actor) -> dict[int, RuleCard]:
    """Return the rules that categories have themselves, by category id. Empty for actors who aren't staff."""
    return {r.category_id: _to_card(r) for r in _list_rules(session, actor) if r.category_id}


def list_by_team(session: Session, actor: Actor) -> dict[int, RuleCard]:
    """Return the rules of teams, by team id. Empty for actors who aren't staff."""
    return {r.team_id: _to_card(r) for r in _list_rules(session, actor) if r.team_id}


def set_for_category(
    session: Session,
    actor: Actor,
    category: Category,
    *,
    way: AssignmentMethod | None,
    cap: int | None = None,
) -> None:
    """Set the rule for a category's new tickets. With None, the rule of a parent category or else the team applies.

    Raises NotPermitted, Invalid.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    there = session.exec(select(AssignmentRule).where(AssignmentRule.category_id == category.id)).first()
    told = _save_rule(
        session,
        there,
        AssignmentRule(category_id=category.id, way=way or AssignmentMethod.MANUAL),
        way,
        cap=cap,
    )
    if told:
        category.version += 1
        events.record(
            session, actor, Action.CATEGORY_CHANGED, subject=f"category:{category.id}", field="assignment",
            old=told[0], new=told[1],
        )  # fmt: skip


def set_for_team(
    session: Session, actor: Actor, team: Team, *, way: AssignmentMethod | None, cap: int | None = None
) -> None:
    """Set the rule for a team's new tickets. With None they are assigned manually. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.TEAM_MANAGE, least=Scope.TEAM)
    if not actor.may(Permission.TEAM_MANAGE, least=Scope.ALL) and team.id not in actor.teams:
        raise gate.not_permitted(actor, Permission.TEAM_MANAGE, subject="team", subject_id=team.id)
    way = None if way == AssignmentMethod.MANUAL else way
    there = session.exec(select(AssignmentRule).where(AssignmentRule.team_id == team.id)).first()
    told = _save_rule(
        session, there, AssignmentRule(team_id=team.id, way=way or AssignmentMethod.MANUAL), way, cap=cap
    )
    if told:
        team.version += 1
        events.record(
            session, actor, Action.TEAM_CHANGED, subject=f"team:{team.id}", field="assignment",
            old=told[0], new=told[1],
        )  # fmt: skip


def is_assignable(ticket: Ticket) -> bool:
    """Return whether a rule may assign this ticket. Keep in step with `ASSIGNABLE_CONDITION`."""
    given = ticket.assignee_id is not None or ticket.deleted_at is not None
    return ticket.open and not ticket.confidential and not given


def has_active_rule(session: Session, ticket: Ticket) -> bool:
    """Return whether the ticket is assignable and has a rule other than manual assignment."""
    rule, _ = _find_rule(session, ticket) if is_assignable(ticket) else (None, "")
    return rule is not None and rule.way != AssignmentMethod.MANUAL


def is_at_capacity(session: Session, ticket: Ticket) -> bool:
    """Return whether the ticket has a rule but nobody who can work on it is available."""
    rule, _ = _find_rule(session, ticket)
    if rule is None or rule.way == AssignmentMethod.MANUAL:
        return False
    return not _filter_available(candidates.rank_for_ticket(session, _SYSTEM_ACTOR, ticket), rule)


def lock_for_ticket(session: Session, ticket: Ticket) -> None:
    """Lock the ticket's rule until the transaction ends, so that nobody else takes a turn."""
    rule, _ = _find_rule(session, ticket)
    if rule is not None:
        _lock_rule(session, rule)


def choose_assignee(session: Session, ticket: Ticket) -> Choice | None:
    """Return the choice of the rule of the ticket's category or team, or None if no rule applies.

    The rule's row is locked until the transaction ends, so that concurrent tickets each take their own turn.
    Confidential tickets are left to those who manage them, and nobody is assigned a ticket that they requested.
    """
    if not is_assignable(ticket):
        return None
    rule, whose = _find_rule(session, ticket)
    if rule is None or rule.way == AssignmentMethod.MANUAL:
        return None
    rule = _lock_rule(session, rule)
    if rule is None or rule.way == AssignmentMethod.MANUAL:
        return None
    there = [
        c for c in candidates.rank_for_ticket(session, _SYSTEM_ACTOR, ticket) if c.id != ticket.requester_id
    ]
    free = _filter_available(there, rule)
    among = [c for c in free if c.knows] or free
    if not among:
        return Choice(None)
    chosen = _pick_next(among, rule)
    rule.last_id = chosen.id
    session.add(rule)
    return Choice(chosen.id, _format_reason(rule, whose, chosen, there))


def _lock_rule(session: Session, rule: AssignmentRule) -> AssignmentRule | None:
    locked = select(AssignmentRule).where(AssignmentRule.id == rule.id).with_for_update()
    return session.exec(locked.execution_options(populate_existing=True)).first()


def _filter_available(there: Sequence[Candidate], rule: AssignmentRule) -> list[Candidate]:
    return [c for c in there if c.away_until is None and (rule.cap is None or c.open < rule.cap)]


def _pick_next(among: Sequence[Candidate], rule: AssignmentRule) -> Candidate:
    """Return the next candidate by person id. With least loaded, only among those with the fewest open tickets."""
    least = min(c.open for c in among)
    turn = [c for c in among if rule.way == AssignmentMethod.ROUND_ROBIN or c.open == least]
    return min(turn, key=lambda c: (c.id <= (rule.last_id or 0), c.id))


def _format_reason(rule: AssignmentRule, whose: str, chosen: Candidate, there: Sequence[Candidate]) -> str:
    knows = f", skilled in {chosen.knows}" if chosen.knows else ""
    gone = ", ".join(c.name for c in there if c.away_until is not None)
    return f"{METHOD_NAMES[AssignmentMethod(rule.way)]} rule of the {whose}{knows}"[:400] + (
        f"; away: {gone}"[:90] if gone else ""
    )


def _find_rule(session: Session, ticket: Ticket) -> tuple[AssignmentRule | None, str]:
    """Return the closest rule for a ticket and what it belongs to in words, such as "category Network"."""
    line = categories.get_with_ancestors(session, ticket.category_id)
    which = or_(
        col(AssignmentRule.category_id).in_(list(line)), col(AssignmentRule.team_id) == ticket.team_id
    )
    found = session.exec(select(AssignmentRule).where(which)).all()
    by_category = {r.category_id: r for r in found if r.category_id}
    nearest = next((id for id in line if id in by_category), None)
    if nearest is not None:
        return by_category[nearest], f"category {line[nearest]}"
    rule = next((r for r in found if r.team_id), None)
    return rule, f"team {session.get_one(Team, ticket.team_id).name}" if rule else ""


def _list_rules(session: Session, actor: Actor) -> Sequence[AssignmentRule]:
    return session.exec(select(AssignmentRule)).all() if actor.staff or actor.id is None else []


def _to_card(rule: AssignmentRule) -> RuleCard:
    return RuleCard(AssignmentMethod(rule.way), rule.cap)


def _save_rule(
    session: Session,
    there: AssignmentRule | None,
    fresh: AssignmentRule,
    way: AssignmentMethod | None,
    *,
    cap: int | None,
) -> tuple[str | None, str | None] | None:
    """Save a rule. Return the old and new rule in words, or None if nothing changed."""
    if cap is not None and not 1 <= cap <= MAX_CAP:
        raise Invalid(f"The limit is between 1 and {MAX_CAP}.", fields={"cap": f"Between 1 and {MAX_CAP}."})
    was = _to_card(there) if there else None
    now = RuleCard(way, None if way == AssignmentMethod.MANUAL else cap) if way else None
    if was == now:
        return None
    if now is None:
        session.delete(there)
    else:
        row = there or fresh
        row.way, row.cap = now.way, now.cap
        session.add(row)
    session.flush()
    return str(was) if was else None, str(now) if now else None
