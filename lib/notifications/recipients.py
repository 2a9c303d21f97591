"""Recipients of an event on a ticket, each with their strongest reason, and only those who can see it."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlmodel import Session, col, select

from db.models import (
    Event,
    Membership,
    Mention,
    Mute,
    Notice,
    Participant,
    Person,
    Ticket,
    Watch,
)
from db.vocabulary import Action, NotificationType, Permission, RecipientReason, Scope
from lib.access import audience, gate
from lib.notifications.rules import NotificationRules


def find_comment_id(event: Event) -> int | None:
    """Return the id of the comment that an event is about, or None."""
    kind, _, id = event.subject.partition(":")
    return int(id) if kind == "comment" else None


def list_for_event(
    session: Session, event: Event, occasion: NotificationType, *, ticket: Ticket, book: NotificationRules
) -> dict[int, RecipientReason]:
    """Return who is notified of an event by the rules, as reasons by person id, without the person who did it."""
    if occasion == NotificationType.COPIED:
        found = {int(event.new or 0): RecipientReason.WATCHER}
    elif event.action == Action.COMMENT_EDITED:
        found = dict.fromkeys(_list_newly_mentioned(session, event), RecipientReason.MENTIONED)
    else:
        found = _find_related(session, event, ticket, book.relations(occasion))
    found.pop(event.actor_id or 0, None)
    may = _filter_allowed(session, found, ticket, notes=event.internal)
    deaf = _list_muted(session, found, ticket)
    return {
        id: why for id, why in found.items() if id in may and (id not in deaf or _is_addressed(occasion, why))
    }


def _is_addressed(occasion: NotificationType, why: RecipientReason) -> bool:
    """Return whether a person is addressed directly, and so is notified even if they muted the ticket."""
    given = occasion == NotificationType.ASSIGNED and why == RecipientReason.ASSIGNEE
    return given or why == RecipientReason.MENTIONED


def _find_related(
    session: Session, event: Event, ticket: Ticket, asked: Collection[RecipientReason]
) -> dict[int, RecipientReason]:
    found: dict[int, RecipientReason] = {}
    assigning = event.action == Action.TICKET_ASSIGNED
    assignee = event.new if assigning else ticket.assignee_id
    by_strength = [
        relation for relation in RecipientReason if relation in asked and relation != RecipientReason.CHANNEL
    ]
    for relation in reversed(by_strength):
        match relation:
            case RecipientReason.MENTIONED:
                people: Iterable[Any] = _list_mentioned(session, find_comment_id(event))
            case RecipientReason.ASSIGNEE:
                people = [assignee]
            case RecipientReason.REQUESTER:
                people = [ticket.requester_id]
            case RecipientReason.FORMER:
                people = [event.old]
            case RecipientReason.WATCHER:
                people = _list_watchers(session, ticket)
            case _:
                people = (
                    []
                    if ticket.assignee_id
                    else _list_team(session, ticket, leads=relation == RecipientReason.MANAGER)
                )
        found |= {int(id): relation for id in people if id}
    return found


def _load_ids(session: Session, chosen: Any) -> set[int]:
    return set(session.exec(gate.unscoped(chosen, "each recipient is checked")).all())


def _list_mentioned(session: Session, comment_id: int | None) -> set[int]:
    return _load_ids(session, select(Mention.person_id).where(Mention.comment_id == comment_id))


def _list_newly_mentioned(session: Session, event: Event) -> set[int]:
    told = select(Notice.person_id).where(
        Notice.comment_id == find_comment_id(event), Notice.relation == RecipientReason.MENTIONED
    )
    return _list_mentioned(session, find_comment_id(event)) - _load_ids(session, told)


def _list_watchers(session: Session, ticket: Ticket) -> set[int]:
    copied = select(Participant.person_id).where(Participant.ticket_id == ticket.id)
    begun = select(Watch.person_id).where(Watch.ticket_id == ticket.id, col(Watch.watching))
    return _load_ids(session, copied) | _load_ids(session, begun)


def _list_team(session: Session, ticket: Ticket, *, leads: bool) -> set[int]:
    members = select(Membership.person_id).where(Membership.team_id == ticket.team_id)
    if leads:
        lead = gate.select_roles_granting(Permission.TICKET_ASSIGN_OTHER, Scope.TEAM)
        people = select(Person.id).where(col(Person.role_id).in_(lead))
        members = members.where(col(Membership.person_id).in_(people))
    return _load_ids(session, members)


def _filter_allowed(session: Session, people: Iterable[int], ticket: Ticket, *, notes: bool) -> set[int]:
    return _load_ids(
        session,
        select(Person.id).where(
            col(Person.id).in_(list(people)), audience.viewers_condition(ticket, notes=notes)
        ),
    )


def _list_muted(session: Session, people: Iterable[int], ticket: Ticket) -> set[int]:
    """Return who muted the ticket or stopped watching it."""
    asked = list(people)
    stopped = select(Watch.person_id).where(Watch.ticket_id == ticket.id, ~col(Watch.watching))
    muted = select(Mute.person_id).where(Mute.ticket_id == ticket.id)
    return _load_ids(session, stopped.where(col(Watch.person_id).in_(asked))) | _load_ids(
        session, muted.where(col(Mute.person_id).in_(asked))
    )
