"""What may be chosen for a ticket, read once for the whole panel beside its conversation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from db.models import Ticket
from db.vocabulary import FieldKind, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.assignment import candidates, queue
from lib.assignment.candidates import Candidate
from lib.catalog import categories, category_proposals, custom_field_values, statuses, tags
from lib.people import accounts, teams
from lib.reports import status_timeline
from lib.reports.status_timeline import Course
from lib.tickets import links, tickets, workflow
from lib.tickets.links import LinkCard
from lib.transactions import Session
from ui.ticket import followers, time

OFFERED = (
    Permission.TICKET_ASSIGN_OTHER, Permission.TICKET_CLAIM, Permission.TICKET_CLOSE, Permission.TICKET_MERGE,
    Permission.TICKET_TRANSITION, Permission.TICKET_UPDATE,
)  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """What may be chosen for a ticket, and which of its facts the person may change."""

    statuses: Mapping[int, statuses.StatusCard]
    categories: Mapping[int, str]
    teams: Mapping[int, str]
    candidates: tuple[Candidate, ...]
    takes: bool
    waits: bool
    proposed: str | None
    following: followers.Following
    tags: tuple[str, ...]
    known_tags: tuple[str, ...]
    held: tuple[custom_field_values.Held, ...]
    people: Mapping[int, str]
    may: frozenset[Permission]
    targets: Collection[int]
    asks: Collection[int]
    linked: tuple[LinkCard, ...]
    obstacle: str | None
    works: bool
    times: time.Times
    course: Course | None


def read(session: Session, me: Actor, ticket: Ticket) -> Choices:
    """Read what the panel offers."""
    whole = ticket.merged_into_id is None
    held = tuple(custom_field_values.of(session, me, ticket))
    asks_people = any(h.writable and h.field.kind == FieldKind.PERSON for h in held)
    may = frozenset(p for p in OFFERED if whole and gate.covers(session, me, p, ticket))
    assigns = Permission.TICKET_ASSIGN_OTHER in may
    stored = {s.id: s for s in statuses.used(session)}
    here = ticket.status_id
    return Choices(
        statuses={id: statuses.card(s) for id, s in stored.items()},
        categories={c.id: c.path for c in categories.every(session)} if me.staff else {},
        teams={t.id: t.name for t in teams.every(session, me)} if me.staff else {},
        candidates=tuple(candidates.of(session, me, ticket)) if assigns else (),
        takes=Permission.TICKET_CLAIM in may and me.id in candidates.working(session, ticket.team_id),
        waits=queue.of(session, me, ticket),
        proposed=category_proposals.of(session, me, ticket),
        following=followers.read(session, me, ticket),
        tags=tuple(tickets.tags_of(session, ticket)),
        held=held,
        people={p.id: p.name for p in accounts.directory(session, me, limit=500)} if asks_people else {},
        known_tags=tuple(tags.names(session, me)) if me.staff else (),
        may=may,
        targets=workflow.targets(session, me, stored).get(here, []),
        asks=[to for was, to in workflow.asking(session, me, stored) if was == here],
        linked=tuple(links.of(session, me, ticket)),
        obstacle=links.obstacle(session, me, ticket) if ticket.open else None,
        works=whole and gate.works(me, Permission.TICKET_UPDATE, ticket),
        times=time.read(session, me, ticket),
        course=status_timeline.of(session, me, ticket) if me.staff else None,
    )
