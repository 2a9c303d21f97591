"""Live updates: which topics have new events that a person may know about. Only event ids are passed on."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from db.models import Event, Notice, Participant, Ticket
from db.vocabulary import Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock

DESK = "desk"
NOTIFICATIONS = "notices"
_TICKET_TOPIC = re.compile(r"ticket-([1-9][0-9]{0,9})")
NOBODY: frozenset[int] = frozenset()
BATCH_SIZE = 500
"""The number of events read at a time."""
GAP_TIMEOUT = timedelta(seconds=1)
"""How long an event id may be missing before the transaction that took it is considered rolled back."""


@dataclass(frozen=True)
class Topic:
    """A topic to subscribe to: one ticket, everything, tickets the person is involved in, or their notifications.

    Without `notes`, internal events are ignored. `teams` are those on whose tickets internal events count; None for
    all.
    """

    name: str
    ticket_id: int | None
    notes: bool
    person_id: int | None = None
    notices: bool = False
    """Whether only events that the person is notified about count."""
    teams: frozenset[int] | None = None


@dataclass(frozen=True)
class FeedEvent:
    """An event with the people involved in its ticket and those notified about it."""

    id: int
    ticket_id: int | None
    internal: bool
    people: frozenset[int] = frozenset()
    told: frozenset[int] = frozenset()
    """Who has a notification about it."""
    team_id: int | None = None
    """The team of its ticket."""

    def concerns(self, topic: Topic) -> bool:
        """Return whether subscribers to `topic` should learn about this event."""
        if topic.notices:
            return topic.person_id in self.told
        if self.internal and not (topic.notes and (topic.teams is None or self.team_id in topic.teams)):
            return False
        if topic.person_id is not None:
            return topic.person_id in self.people
        return topic.ticket_id is None or topic.ticket_id == self.ticket_id


def ticket_topic(number: int) -> str:
    """Return the name of a ticket's topic."""
    return f"ticket-{number}"


def find_topic(session: Session, actor: Actor, name: str) -> Topic | None:
    """Return the topic with a name, or None if the actor may not subscribe to it.

    Topics are a ticket that the actor sees, everything, and the actor's notifications. Of everything, people who are
    not staff only get events on tickets they are involved in, and staff get internal events where they may read notes.
    """
    if name == DESK:
        everywhere = actor.may(Permission.COMMENT_READ_INTERNAL, least=Scope.ALL)
        person, teams = (None if actor.staff else actor.id), (None if everywhere else actor.teams)
        return Topic(name, None, notes=actor.staff, person_id=person, teams=teams)
    if name == NOTIFICATIONS:
        return Topic(name, None, notes=False, person_id=actor.id, notices=True)
    found = _TICKET_TOPIC.fullmatch(name)
    number = int(found[1]) if found else 0
    if not 0 < number < 2**31:
        return None
    seen = gate.visible(actor, Ticket).where(col(Ticket.id) == number)
    found_one = session.exec(seen).first()
    if found_one is None:
        return None
    notes = gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, found_one)
    return Topic(name, number, notes=notes)


_NEWEST_ID = gate.unscoped(select(func.max(Event.id)), "only ids, to refresh open pages")
"""Built once, because every page executes it."""


def newest_id(session: Session, wanted: Topic | None = None) -> int:
    """Return the id of the newest event, in one topic if given; 0 when there is none."""
    if wanted is not None and wanted.notices:
        own = select(func.max(Notice.event_id)).where(
            Notice.person_id == wanted.person_id, col(Notice.listed)
        )
        return session.exec(gate.unscoped(own, "only ids, to refresh open pages")).one() or 0
    if wanted is None:
        return session.exec(_NEWEST_ID).first() or 0
    chosen = select(func.max(Event.id))
    if wanted.ticket_id is not None:
        chosen = chosen.where(Event.ticket_id == wanted.ticket_id)
    if wanted.person_id is not None:
        chosen = chosen.where(col(Event.ticket_id).in_(_select_involved_tickets(wanted.person_id)))
    if not wanted.notes:
        chosen = chosen.where(~col(Event.internal))
    elif wanted.teams is not None:
        theirs = select(Ticket.id).where(Ticket.id == Event.ticket_id, col(Ticket.team_id).in_(wanted.teams))
        heard = or_(~col(Event.internal), theirs.correlate(Event).exists())
        # Most events match, so the newest match is near the end.
        chosen = select(Event.id).where(heard).order_by(col(Event.id).desc()).limit(1)
    return session.exec(gate.unscoped(chosen, "only ids, to refresh open pages")).first() or 0


def _select_involved_tickets(person_id: int) -> Any:
    copied = select(Participant.ticket_id).where(Participant.person_id == person_id)
    part = or_(col(Ticket.requester_id) == person_id, col(Ticket.id).in_(copied))
    return select(Ticket.id).where(or_(part, col(Ticket.assignee_id) == person_id))


def list_since(session: Session, after: int) -> list[FeedEvent]:
    """Return the first events after an event id, oldest first.

    On PostgreSQL, events may be committed in another order than their ids. So events behind a gap are held back
    briefly.
    """
    found = session.exec(
        gate.unscoped(
            select(Event.id, Event.ticket_id, Event.internal, Event.at)
            .where(col(Event.id) > after)
            .order_by(col(Event.id))
            .limit(BATCH_SIZE),
            "only ids, to refresh open pages",
        )
    ).all()
    rows, last, settled = [], after, clock.now() - GAP_TIMEOUT
    for id, ticket, internal, at in found:
        if id != last + 1 and at >= settled:
            break
        rows.append((id, ticket, internal))
        last = id
    people, teams = _load_involved_people(session, {ticket for _, ticket, _ in rows if ticket is not None})
    told = _load_notified_people(session, [id for id, _, _ in rows])
    return [
        FeedEvent(
            id,
            ticket,
            internal,
            people.get(ticket or 0, NOBODY),
            told.get(id, NOBODY),
            teams.get(ticket or 0),
        )
        for id, ticket, internal in rows
    ]


def _load_notified_people(session: Session, ids: list[int]) -> dict[int, frozenset[int]]:
    if not ids:
        return {}
    rows = session.exec(
        gate.unscoped(
            select(Notice.event_id, Notice.person_id).where(
                col(Notice.event_id).in_(ids), col(Notice.listed)
            ),
            "only ids, to refresh open pages",
        )
    ).all()
    found: dict[int, frozenset[int]] = {}
    for event, person in rows:
        found[event] = found.get(event, NOBODY) | {person}
    return found


def _load_involved_people(
    session: Session, numbers: set[int]
) -> tuple[dict[int, frozenset[int]], dict[int, int]]:
    """Return the people involved in some tickets and the team of each ticket."""
    if not numbers:
        return {}, {}
    known = select(Ticket.id, Ticket.requester_id, Ticket.assignee_id, Ticket.team_id).where(
        col(Ticket.id).in_(numbers)
    )
    copied = select(Participant.ticket_id, Participant.person_id).where(
        col(Participant.ticket_id).in_(numbers)
    )
    found: dict[int, set[int]] = {}
    teams: dict[int, int] = {}
    for id, requester, assignee, team in session.exec(
        gate.unscoped(known, "only ids, to refresh open pages")
    ).all():
        found[id] = {requester, *([assignee] if assignee else [])}
        teams[id] = team
    for ticket, person in session.exec(gate.unscoped(copied, "only ids, to refresh open pages")).all():
        found.setdefault(ticket, set()).add(person)
    return {ticket: frozenset(people) for ticket, people in found.items()}, teams
