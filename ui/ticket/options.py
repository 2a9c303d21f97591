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
from lib.reports.status_timeline import StatusTimeline
from lib.tickets import links, tickets, workflow
from lib.tickets.links import LinkCard
from lib.transactions import Session
from ui.ticket import followers, time

PERMISSIONS = (
    Permission.TICKET_ASSIGN_OTHER, Permission.TICKET_CLAIM, Permission.TICKET_CLOSE, Permission.TICKET_MERGE,
    Permission.TICKET_TRANSITION, Permission.TICKET_UPDATE,
)  # fmt: skip


@dataclass(frozen=True)
class TicketOptions:
    """What may be chosen for a ticket, and which of its facts the person may change."""

    statuses: Mapping[int, statuses.StatusCard]
    categories: Mapping[int, str]
    teams: Mapping[int, str]
    candidates: tuple[Candidate, ...]
    takes: bool
    waits: bool
    proposed: str | None
    following: followers.Followers
    tags: tuple[str, ...]
    known_tags: tuple[str, ...]
    held: tuple[custom_field_values.FieldValueCard, ...]
    people: Mapping[int, str]
    may: frozenset[Permission]
    targets: Collection[int]
    asks: Collection[int]
    linked: tuple[LinkCard, ...]
    obstacle: str | None
    works: bool
    times: time.TicketTime
    course: StatusTimeline | None


def load(session: Session, me: Actor, ticket: Ticket) -> TicketOptions:
    """Read what the panel offers."""
    whole = ticket.merged_into_id is None
    held = tuple(custom_field_values.list_for_ticket(session, me, ticket))
    asks_people = any(h.writable and h.field.kind == FieldKind.PERSON for h in held)
    may = frozenset(p for p in PERMISSIONS if whole and gate.can(session, me, p, ticket))
    assigns = Permission.TICKET_ASSIGN_OTHER in may
    stored = {s.id: s for s in statuses.list_rows(session)}
    here = ticket.status_id
    return TicketOptions(
        statuses={id: statuses.to_card(s) for id, s in stored.items()},
        categories={c.id: c.path for c in categories.list_all(session)} if me.staff else {},
        teams={t.id: t.name for t in teams.list_all(session, me)} if me.staff else {},
        candidates=tuple(candidates.list_for_ticket(session, me, ticket)) if assigns else (),
        takes=Permission.TICKET_CLAIM in may and me.id in candidates.list_for_team(session, ticket.team_id),
        waits=queue.is_waiting(session, me, ticket),
        proposed=category_proposals.find_for_ticket(session, me, ticket),
        following=followers.load(session, me, ticket),
        tags=tuple(tickets.list_tags(session, ticket)),
        held=held,
        people={p.id: p.name for p in accounts.list_visible(session, me, limit=500)} if asks_people else {},
        known_tags=tuple(tags.list_names(session, me)) if me.staff else (),
        may=may,
        targets=workflow.list_targets(session, me, stored).get(here, []),
        asks=[to for was, to in workflow.list_moves_with_reason(session, me, stored) if was == here],
        linked=tuple(links.list_for_ticket(session, me, ticket)),
        obstacle=links.find_obstacle(session, me, ticket) if ticket.open else None,
        works=whole and gate.works_on(me, Permission.TICKET_UPDATE, ticket),
        times=time.load(session, me, ticket),
        course=status_timeline.get_for_ticket(session, me, ticket) if me.staff else None,
    )
