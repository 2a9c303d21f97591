"""A ticket's history, read from events and put into sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Text, literal_column, or_
from sqlmodel import Session, col, select

from db.models import Event, Person, Ticket
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.catalog import custom_fields, link_words
from lib.core import dates

HIDDEN_ACTIONS = (Action.DENIED, Action.TICKET_WATCHED, Action.TIMER_DISCARDED, Action.TIMER_STARTED)
"""Actions that are kept for the audit log but not shown in a ticket's history."""
TIME_ACTIONS = tuple(a for a in Action if a.value.startswith("time."))
"""Actions shown only to people who can see the ticket's time."""


@dataclass(frozen=True)
class HistoryEntry:
    """One event in words. `sentence` continues after the actor's name. `actor` is None for Docket itself."""

    id: int
    at: datetime
    action: Action
    field: str | None
    old: str | None
    new: str | None
    actor_id: int | None
    actor: str | None
    subject: str
    sentence: str


def list_for_ticket(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = 50,
) -> list[HistoryEntry]:
    """Return a ticket's history, oldest first: the first entries after event `after`, or the last before `before`.

    Events on internal notes and the reasons of assignments are left out for actors who can't read internal notes, and
    time events for actors who can't see the ticket's time.
    """
    conditions = [col(Event.id) > after]
    newest = before is not None
    conditions += [col(Event.id) < before] if before else []
    return _list_entries(session, actor, ticket, conditions, newest=newest, limit=limit)


def list_changes_between(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    *,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> list[HistoryEntry]:
    """Return at most `limit` events other than new comments from `since` until before `until`, oldest first.

    An index covers exactly these events, so the number of comments does not matter.
    """
    # Must match the index definition exactly, or SQLite doesn't use it.
    conditions: list[ColumnElement[bool]] = [
        literal_column("event.action", Text) != literal_column("'comment.added'", Text)
    ]
    conditions += [col(Event.at) >= since] if since else []
    conditions += [col(Event.at) < until] if until else []
    return _list_entries(session, actor, ticket, conditions, newest=True, limit=limit)


def _list_entries(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    conditions: Iterable[ColumnElement[bool]],
    *,
    newest: bool,
    limit: int,
) -> list[HistoryEntry]:
    chosen = select(Event).where(
        Event.ticket_id == ticket.id, col(Event.action).not_in(HIDDEN_ACTIONS), *conditions
    )
    colleague = gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket)
    if not colleague:
        chosen = chosen.where(~col(Event.internal))
    if unseen := custom_fields.list_hidden_subjects(session, actor, ticket):
        chosen = chosen.where(
            or_(col(Event.action) != Action.TICKET_FIELD, col(Event.subject).not_in(unseen))
        )
    if not gate.can(session, actor, Permission.TIME_READ, ticket):
        chosen = chosen.where(col(Event.action).not_in(TIME_ACTIONS))
    order = col(Event.id).desc() if newest else col(Event.id)
    rows = list(
        session.exec(gate.unscoped(chosen.order_by(order).limit(limit), "found through the gate")).all()
    )
    return _hide_merge_targets(
        session, actor, build_entries(session, reversed(rows) if newest else rows, colleague=colleague)
    )


def format_events(session: Session, actor: Actor, rows: Iterable[Event]) -> list[HistoryEntry]:
    """Return events as history entries that anybody who can see the events may read.

    The caller has found the events through the gate.
    """
    return format_events_for_actors(session, [(actor, list(rows))])[0]


def format_events_for_actors(
    session: Session, found: Sequence[tuple[Actor, Sequence[Event]]]
) -> list[list[HistoryEntry]]:
    """Do what `format_events` does for several actors, each with their events, with one query for all names."""
    words = iter(build_entries(session, (row for _, rows in found for row in rows), colleague=False))
    return [_hide_merge_targets(session, actor, [next(words) for _ in rows]) for actor, rows in found]


def _hide_merge_targets(session: Session, actor: Actor, lines: list[HistoryEntry]) -> list[HistoryEntry]:
    """Hide the number of the ticket that this one was merged into where the actor can't see that ticket."""
    told = {i: int(line.new or line.old or 0) for i, line in enumerate(lines) if _is_merge_into(line)}
    if not told:
        return lines
    seen = set(session.exec(gate.visible(actor, Ticket.id).where(col(Ticket.id).in_(told.values()))).all())
    return [
        replace(line, old=None, new=None, subject="", sentence=_format_merge(line.action, "another ticket"))
        if i in told and told[i] not in seen
        else line
        for i, line in enumerate(lines)
    ]


def _is_merge_into(line: HistoryEntry) -> bool:
    return line.action in (Action.TICKET_MERGED, Action.TICKET_UNMERGED) and line.field == "into"


def _format_merge(action: Action, other: str) -> str:
    return f"merged it into {other}" if action == Action.TICKET_MERGED else f"undid the merge into {other}"


def build_entries(session: Session, rows: Iterable[Event], *, colleague: bool) -> list[HistoryEntry]:
    """Return events with names and sentences, with one query for all names.

    The reason of an assignment is included only for a `colleague`.
    """
    rows = list(rows)
    ids = {i for r in rows for i in (r.actor_id, r.behalf_id, *_person_ids(r)) if i is not None}
    found = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(ids))).all() if ids else []
    names = dict(found)
    return [_build_entry(row, names, colleague=colleague) for row in rows]


def _person_ids(row: Event) -> list[int]:
    if row.action not in (Action.TICKET_ASSIGNED, Action.TICKET_PARTICIPANTS):
        return []
    return [int(v) for v in (row.old, row.new) if v]


def _build_entry(row: Event, names: dict[int, str], *, colleague: bool) -> HistoryEntry:
    actor = names.get(row.actor_id) if row.actor_id is not None else None
    old, new = row.old, row.new
    if _person_ids(row):
        old, new = (v and names.get(int(v), "somebody") for v in (old, new))
    return HistoryEntry(
        id=row.id,
        at=row.at,
        action=Action(row.action),
        field=row.field,
        old=old,
        new=new,
        actor_id=row.actor_id,
        actor=actor,
        subject=row.subject,
        sentence=_format_sentence(row, old, new, names) + (_format_reason(row) if colleague else ""),
    )


def _format_reason(row: Event) -> str:
    return f": {row.reason}" if row.action == Action.TICKET_ASSIGNED and row.reason else ""


def _format_sentence(  # noqa: C901, PLR0911, PLR0912 - one sentence per action
    row: Event, old: str | None, new: str | None, names: dict[int, str]
) -> str:
    match row.action:
        case Action.TICKET_CREATED:
            return f"created it for {names.get(row.behalf_id, 'somebody')}" if row.behalf_id else "created it"
        case Action.TICKET_MOVED:
            return f"moved it from {old} to {new}" + (f": {row.reason}" if row.reason else "")
        case Action.TICKET_ASSIGNED if row.new and row.new == str(row.actor_id):
            return f"reassigned it from {old} to themselves" if old else "assigned it to themselves"
        case Action.TICKET_ASSIGNED:
            return f"assigned it to {new}" if new else f"unassigned {old}"
        case Action.TICKET_PARTICIPANTS:
            return f"added {new} to CC" if new else f"removed {old} from CC"
        case Action.TICKET_LINKED | Action.TICKET_UNLINKED:
            said = f"this ticket {link_words.WORDS.get(row.field or '', 'is linked to')} #{new or old}"
            return f"added the link: {said}" if new else f"removed the link: {said}"
        case Action.TICKET_MERGED | Action.TICKET_UNMERGED if row.field == "into":
            return _format_merge(Action(row.action), f"#{new or old}")
        case Action.TICKET_MERGED:
            return f"merged #{new} into this ticket"
        case Action.TICKET_UNMERGED:
            return f"undid the merge of #{old}"
        case Action.TICKET_FIELD:
            return f"set {row.field} to {new}" if new else f"removed {row.field}"
        case Action.TICKET_DELETED:
            return f"deleted it: {new}"
        case Action.CATEGORY_PROPOSED:
            return f"proposed the category “{new}”"
        case Action.TICKET_UPDATED:
            return _format_update(row.field, old, new)
        case Action.COMMENT_ADDED:
            return "wrote an internal note" if row.internal else "replied"
        case Action.COMMENT_EDITED:
            return "edited an internal note" if row.internal else "edited a reply"
        case Action.COMMENT_REMOVED:
            return "deleted an internal note" if row.internal else "deleted a reply"
        case Action.ATTACHMENT_REMOVED:
            return f"removed the file “{old}”"
        case Action.TIME_LOGGED:
            return f"logged {_days(new)}" + (
                f" for {names.get(row.behalf_id, 'somebody')}" if row.behalf_id else ""
            )
        case Action.TIME_CHANGED:
            return f"changed the time entry {_days(old)} to {_days(new)}"
        case Action.TIME_REMOVED:
            return f"deleted the time entry {_days(old)}"
        case Action.TIME_ESTIMATED:
            return f"estimated {new}" if new else "removed the estimate"
    return str(row.action)


def _days(stored: str | None) -> str:
    """Return a stored time entry in words, with its day formatted for people. Other text stays as it is."""
    return dates.format_first_day(stored or "")


def _format_update(field: str | None, old: str | None, new: str | None) -> str:  # noqa: PLR0911 - one per field
    match field:
        case "title":
            return f"changed the title from “{old}” to “{new}”"
        case "description":
            return "changed the description"
        case "category":
            return f"changed the category to {new}"
        case "team":
            return f"moved it from team {old} to team {new}"
        case "due_on":
            return (
                f"set the due date to {dates.format_day(date.fromisoformat(new))}"
                if new
                else "removed the due date"
            )
        case "confidential":
            return "made it confidential" if new == "yes" else "removed the confidential mark"
        case "tags":
            return f"tagged it {new}" if new else "removed its tags"
    return f"changed the {field} from {old} to {new}"
