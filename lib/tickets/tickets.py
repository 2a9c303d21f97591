"""Tickets: find, create, change and delete them. Each change checks permissions and records an event."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db.models import (
    Category,
    Participant,
    Person,
    Status,
    Tag,
    Team,
    Ticket,
    TicketTag,
)
from db.vocabulary import Action, Permission, Priority, Scope, StatusCategory
from lib.access import audience, gate, ticket_versions
from lib.access.gate import Actor
from lib.assignment import assignment, candidates, departed_assignees
from lib.audit import events
from lib.catalog import categories, category_proposals, custom_field_values, statuses
from lib.catalog import tags as labels
from lib.conversation import attachments
from lib.core import clock, text
from lib.core.errors import Conflict, Invalid
from lib.people import teams
from lib.search_index import index
from lib.tickets import workflow
from lib.timekeeping import timers

REOPEN_WINDOW = timedelta(days=14)
"""How long requesters can reopen their ticket after it was done."""
MAX_TAGS = 20
_TAGS_STATEMENT = gate.unscoped(
    select(Tag.name)
    .join(TicketTag, col(TicketTag.tag_id) == Tag.id)
    .where(TicketTag.ticket_id == bindparam("number"))
    .order_by(Tag.name),
    "found through the gate",
)


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_ticket(actor: Actor) -> Any:
    return gate.visible(actor).where(col(Ticket.id) == bindparam("number"))


def find(session: Session, actor: Actor, number: int, *, to_change: bool = False) -> Ticket:
    """Return a ticket that the actor can see. With `to_change`, lock it against changes until the transaction ends.

    The lock still lets others refer to the ticket: otherwise two people who link and comment could deadlock.

    Raises NotFound.
    """
    chosen = _select_ticket(actor)
    if to_change:
        chosen = chosen.with_for_update(key_share=True)
    ticket = session.exec(chosen, params={"number": number}).first() if 0 < number < 2**31 else None
    if ticket is None:
        raise gate.not_found(actor, Permission.TICKET_READ, "ticket", number)
    return ticket


def create(
    session: Session,
    actor: Actor,
    *,
    title: str,
    description: str = "",
    category_id: int | None = None,
    priority: Priority | None = None,
    team_id: int | None = None,
    requester_id: int | None = None,
    tags: Iterable[str] = (),
    files: Iterable[str] = (),
    confidential: bool = False,
    assignee_id: int | None = None,
    due_on: date | None = None,
    fields: Mapping[str, Any] | None = None,
    proposed_category: str = "",
) -> Ticket:
    """Create a ticket with uploaded `files`, for the actor or, with a wider permission, on behalf of `requester_id`.

    The team is `team_id`, else the category's team, else the default team. The assignee is `assignee_id`, else whom
    the rule of the category or team chooses. The default priority is the category's. `fields` are custom fields by
    key. Staff can also set tags and a due date, and propose a missing category. Raises NotPermitted, Invalid.
    """
    gate.require(actor, Permission.TICKET_CREATE)
    tags = _clean_tags(tags)
    if tags or due_on is not None:
        gate.require(actor, Permission.TICKET_UPDATE, least=Scope.TEAM)
    requester = _resolve_requester(session, actor, requester_id)
    category = _resolve_category(session, category_id)
    own_team, usual = categories.get_ticket_defaults(session, category)
    now = clock.now()
    ticket = Ticket(
        title=text.clean_line(title, field="title", limit=text.TITLE_LIMIT),
        description=text.clean_block(description, field="description", required=False),
        status_id=0,
        priority=priority or usual,
        category_id=category.id,
        team_id=_resolve_team(session, actor, team_id, own_team),
        requester_id=requester,
        confidential=confidential,
        due_on=due_on,
        created_at=now,
        updated_at=now,
        public_updated_at=now,
    )
    ticket.staff_opened = requester != actor.id or gate.works_on(
        actor, Permission.COMMENT_READ_INTERNAL, ticket
    )
    if confidential and actor.id == requester:
        _require_visible_to_staff(session, ticket)
    ticket.enter(statuses.get_default(session), at=now)
    session.add(ticket)
    session.flush()
    ticket.rank = -float(ticket.id)
    if requester != actor.id and actor.id is not None:
        session.add(Participant(ticket_id=ticket.id, person_id=actor.id))
    if tags:
        _replace_tags(session, ticket, tags)
    attachments.attach(session, actor, files, ticket=ticket)
    custom_field_values.set_initial(session, actor, ticket, fields or {})
    index.index_ticket(session, ticket)
    behalf = requester if requester != actor.id else None
    events.record(
        session, actor, Action.TICKET_CREATED, ticket_id=ticket.id, new=ticket.title, behalf_id=behalf
    )
    if proposed_category.strip():
        category_proposals.propose(session, actor, ticket, proposed_category)
    if assignee_id is None:
        assignment.apply_rule(session, ticket, channel=actor.channel)
    else:
        assign(session, actor, ticket, to=assignee_id, seen=ticket_versions.visible_version(actor, ticket))
    return ticket


def _require_visible_to_staff(session: Session, ticket: Ticket) -> None:
    """Raise Invalid if nobody but the requester could see the confidential ticket."""
    someone = select(Person.id).where(
        col(Person.active), col(Person.id) != ticket.requester_id,
        audience.workers_condition(ticket, Permission.TICKET_CONFIDENTIAL),
    )  # fmt: skip
    if session.exec(someone).first() is None:
        raise Invalid(
            "Nobody in that team can see confidential tickets. Create the ticket without that mark, or ask your "
            "administrator.",
            fields={"confidential": "Nobody in the team can see it."},
        )


def _resolve_requester(session: Session, actor: Actor, requester_id: int | None) -> int:
    if requester_id is None or requester_id == actor.id:
        if actor.id is None:
            raise Invalid("A ticket needs a requester.", fields={"requester": "Choose a requester."})
        return actor.id
    gate.require(actor, Permission.TICKET_CREATE, least=Scope.TEAM)
    person = session.get(Person, requester_id)
    if person is None or not person.active:
        raise Invalid("There is no such person.", fields={"requester": "There is no such person."})
    return requester_id


def _resolve_category(session: Session, category_id: int | None) -> Category:
    if category_id is not None:
        return categories.get(session, category_id, to_use=True)
    return session.exec(select(Category).where(col(Category.is_default))).one()


def _resolve_team(session: Session, actor: Actor, team_id: int | None, own: int | None) -> int:
    if team_id is None:
        return own or teams.get_default_id(session)
    gate.require(actor, Permission.TICKET_MOVE_TEAM, least=Scope.TEAM)
    return teams.get(session, team_id).id


def move(session: Session, actor: Actor, ticket: Ticket, *, to: Status, seen: int, reason: str = "") -> None:
    """Move a ticket to another status. Has no effect if it already has that status.

    Raises NotPermitted, Conflict (it was changed since version `seen`), Invalid (the workflow forbids it, an open
    blocker or child prevents completion, a reason is required, or the requester reopens it too late).
    """
    reason = text.clean_line(reason, field="reason", limit=500, required=False)
    now, was = clock.now(), session.get_one(Status, ticket.status_id)
    closing = StatusCategory.DONE in (was.kind, to.kind)
    gate.permit(session, actor, Permission.TICKET_CLOSE if closing else Permission.TICKET_TRANSITION, ticket)
    ticket_versions.must_be(actor, ticket, seen)
    if was.id == to.id:
        return
    if not gate.can(session, actor, Permission.TICKET_TRANSITION, ticket):
        _check_requester_move(
            ticket, was, to, late=(ticket.resolved_at or ticket.public_updated_at) < now - REOPEN_WINDOW
        )
    workflow.allow(session, actor, ticket, was=was, to=to, reason=reason)
    ticket.enter(to, at=now)
    if not ticket.open:
        timers.settle(session, ticket, why="it was completed")
    ticket.rank = -float(ticket.id)
    ticket.change(at=now)
    events.record(
        session, actor, Action.TICKET_MOVED, ticket_id=ticket.id, field="status", old=was.name, new=to.name,
        reason=reason or None,
    )  # fmt: skip
    if was.kind == StatusCategory.DONE:
        departed_assignees.unassign_if_departed(session, ticket)


def _check_requester_move(ticket: Ticket, was: Status, to: Status, *, late: bool) -> None:
    reopens = was.kind == StatusCategory.DONE
    if reopens and late:
        raise Invalid(f"#{ticket.id} was done more than {REOPEN_WINDOW.days} days ago. Create a new ticket.")
    if reopens and not to.is_default:
        raise Invalid("A reopened ticket gets the status of new tickets.")


def assign(session: Session, actor: Actor, ticket: Ticket, *, to: int, seen: int, reason: str = "") -> None:
    """Assign a ticket to a member of its team. Has no effect if it is already assigned to them.

    Staff can read the `reason` in the history, requesters can't.

    Raises NotPermitted, Conflict, and Invalid if that person can't work on it.
    """
    needed = Permission.TICKET_CLAIM if to == actor.id else Permission.TICKET_ASSIGN_OTHER
    gate.permit(session, actor, needed, ticket)
    ticket_versions.must_be(actor, ticket, seen)
    if ticket.assignee_id == to:
        return
    if not candidates.can_work(session, to, ticket.team_id):
        raise Invalid(
            "That person can't be assigned. Only staff of the ticket's team can.",
            fields={"assignee": "Not in the team."},
        )
    assignment.set_assignee(session, actor, ticket, to, reason=reason)


def claim(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Assign an unassigned ticket to the actor. Raises NotPermitted, or Conflict with the assignee's name.

    If several people try at once, one succeeds.
    """
    gate.permit(session, actor, Permission.TICKET_CLAIM, ticket)
    if ticket.assignee_id == actor.id:
        return
    if ticket.assignee_id is not None:
        name = session.exec(select(Person.name).where(Person.id == ticket.assignee_id)).one()
        raise Conflict(
            f"#{ticket.id} is already assigned to {name}.",
            current={"assignee": {"id": ticket.assignee_id, "name": name}},
        )
    assign(session, actor, ticket, to=actor.person_id, seen=ticket_versions.visible_version(actor, ticket))


def unassign(session: Session, actor: Actor, ticket: Ticket, *, seen: int, reason: str = "") -> None:
    """Unassign a ticket. Assignees can always unassign themselves. Raises NotPermitted, Conflict, Invalid."""
    own = ticket.assignee_id == actor.id and gate.can(session, actor, Permission.TICKET_CLAIM, ticket)
    gate.permit(session, actor, Permission.TICKET_CLAIM if own else Permission.TICKET_ASSIGN_OTHER, ticket)
    ticket_versions.must_be(actor, ticket, seen)
    if ticket.assignee_id is not None:
        assignment.set_assignee(session, actor, ticket, None, reason=reason)


def rename(session: Session, actor: Actor, ticket: Ticket, *, title: str, seen: int) -> None:
    """Change a ticket's title. Its requester can until the first reply. Raises NotPermitted, Conflict, Invalid."""
    _permit_update(session, actor, ticket, seen)
    title = text.clean_line(title, field="title", limit=text.TITLE_LIMIT)
    _set_field(session, actor, ticket, field="title", value=title, old=ticket.title, new=title)
    index.index_ticket(session, ticket)


def set_description(session: Session, actor: Actor, ticket: Ticket, *, description: str, seen: int) -> None:
    """Change the description. The earlier text stays in the history. Raises the same errors as `rename`."""
    _permit_update(session, actor, ticket, seen)
    description = text.clean_block(description, field="description", required=False)
    _set_field(
        session,
        actor,
        ticket,
        field="description",
        value=description,
        old=ticket.description,
        new=description,
    )
    index.index_ticket(session, ticket)


def categorize(session: Session, actor: Actor, ticket: Ticket, *, category: Category, seen: int) -> None:
    """Change a ticket's category. Its team stays, and the assignment rule applies if it is unassigned.

    Raises NotPermitted, Conflict.
    """
    _permit_staff_update(session, actor, ticket, seen)
    if ticket.category_id == category.id:
        return
    category = categories.get(session, category.id, to_use=True)
    was = session.get(Category, ticket.category_id) if ticket.category_id else None
    _set_field(
        session,
        actor,
        ticket,
        field="category_id",
        value=category.id,
        old=was.name if was else None,
        new=category.name,
    )
    assignment.apply_rule(session, ticket, channel=actor.channel)


def set_tags(session: Session, actor: Actor, ticket: Ticket, *, tags: Iterable[str], seen: int) -> None:
    """Replace a ticket's tags. Raises NotPermitted, Conflict, Invalid."""
    _permit_staff_update(session, actor, ticket, seen)
    was = list_tags(session, ticket)
    now = _replace_tags(session, ticket, tags)
    if was != now:
        ticket.change(at=clock.now())
        old, new = ", ".join(was) or None, ", ".join(now) or None
        events.record(
            session, actor, Action.TICKET_UPDATED, ticket_id=ticket.id, field="tags", old=old, new=new
        )


def prioritize(session: Session, actor: Actor, ticket: Ticket, *, priority: Priority, seen: int) -> None:
    """Change a ticket's priority. Raises NotPermitted, Conflict."""
    gate.permit(session, actor, Permission.TICKET_PRIORITY, ticket)
    ticket_versions.must_be(actor, ticket, seen)
    old = Priority(ticket.priority).label
    _set_field(session, actor, ticket, field="priority", value=int(priority), old=old, new=priority.label)


def move_to_team(session: Session, actor: Actor, ticket: Ticket, *, team: Team, seen: int) -> None:
    """Move a ticket to another team. An assignee outside that team is unassigned, and its assignment rule applies.

    Raises NotPermitted, Conflict.
    """
    gate.permit(session, actor, Permission.TICKET_MOVE_TEAM, ticket)
    ticket_versions.must_be(actor, ticket, seen)
    if ticket.team_id == team.id:
        return
    was = session.get_one(Team, ticket.team_id)
    _set_field(session, actor, ticket, field="team_id", value=team.id, old=was.name, new=team.name)
    if ticket.assignee_id and not candidates.can_work(session, ticket.assignee_id, team.id):
        assignment.set_assignee(session, actor, ticket, None)
    assignment.apply_rule(session, ticket, channel=actor.channel)


def set_due_date(session: Session, actor: Actor, ticket: Ticket, *, due_on: date | None, seen: int) -> None:
    """Set or clear the day by whose end the ticket should be done. Raises NotPermitted, Conflict."""
    _permit_staff_update(session, actor, ticket, seen)
    old = ticket.due_on.isoformat() if ticket.due_on else None
    _set_field(
        session,
        actor,
        ticket,
        field="due_on",
        value=due_on,
        old=old,
        new=due_on.isoformat() if due_on else None,
    )


def set_confidential(
    session: Session, actor: Actor, ticket: Ticket, *, confidential: bool, seen: int
) -> None:
    """Make a ticket confidential, or visible to its team again. Raises NotPermitted, Conflict."""
    _permit_staff_update(session, actor, ticket, seen)
    old, new = ("yes", "no") if ticket.confidential else ("no", "yes")
    if ticket.confidential != confidential:
        _set_field(session, actor, ticket, field="confidential", value=confidential, old=old, new=new)


def add_cc(session: Session, actor: Actor, ticket: Ticket, person: Person) -> None:
    """Add a person to CC: they see the ticket as its requester does. For staff. Raises NotPermitted."""
    gate.permit(session, actor, Permission.TICKET_PARTICIPANTS, ticket)
    if not gate.works_on(actor, Permission.TICKET_PARTICIPANTS, ticket):
        raise gate.not_permitted(
            actor, Permission.TICKET_PARTICIPANTS, subject="ticket", subject_id=ticket.id
        )
    if gate.unscoped_get(session, Participant, (ticket.id, person.id), "the ticket was permitted") is None:
        session.add(Participant(ticket_id=ticket.id, person_id=person.id))
        _record_cc_change(session, actor, ticket, old=None, new=str(person.id))


def remove_cc(session: Session, actor: Actor, ticket: Ticket, person: Person) -> None:
    """Remove a person from CC: staff anybody, others themselves. Raises NotPermitted."""
    gate.permit(session, actor, Permission.TICKET_PARTICIPANTS, ticket)
    if person.id != actor.id and not gate.works_on(actor, Permission.TICKET_PARTICIPANTS, ticket):
        raise gate.not_permitted(
            actor, Permission.TICKET_PARTICIPANTS, subject="ticket", subject_id=ticket.id
        )
    row = gate.unscoped_get(session, Participant, (ticket.id, person.id), "the ticket was permitted")
    if row is not None:
        session.delete(row)
        _record_cc_change(session, actor, ticket, old=str(person.id), new=None)


def _record_cc_change(
    session: Session, actor: Actor, ticket: Ticket, *, old: str | None, new: str | None
) -> None:
    events.record(
        session, actor, Action.TICKET_PARTICIPANTS, ticket_id=ticket.id, field="copy", old=old, new=new
    )


def delete(session: Session, actor: Actor, ticket: Ticket, *, reason: str) -> None:
    """Hide a ticket from everybody, with a reason for the audit log. Raises NotPermitted, Invalid."""
    gate.permit(session, actor, Permission.TICKET_DELETE, ticket)
    reason = text.clean_line(reason, field="reason", limit=500)
    ticket.deleted_at = clock.now()
    ticket.change(at=ticket.deleted_at)
    events.record(session, actor, Action.TICKET_DELETED, ticket_id=ticket.id, new=reason, internal=True)


def list_tags(session: Session, ticket: Ticket) -> list[str]:
    """Return a ticket's tags, ordered by name."""
    return list(session.exec(_TAGS_STATEMENT, params={"number": ticket.id}).all())


def _replace_tags(session: Session, ticket: Ticket, names: Iterable[str]) -> list[str]:
    names = _clean_tags(names)
    borne = gate.unscoped(
        select(TicketTag).where(TicketTag.ticket_id == ticket.id), "the change was permitted"
    )
    for row in session.exec(borne).all():
        session.delete(row)
    session.flush()
    found = labels.get_or_create(session, names)
    session.add_all(TicketTag(ticket_id=ticket.id, tag_id=tag.id) for tag in found)
    session.flush()
    return [tag.name for tag in found]


def _clean_tags(names: Iterable[str]) -> list[str]:
    """Return cleaned tag names. Raises Invalid for too many, or for a name that is not allowed."""
    names = list(labels.clean_names(names).values())
    if len(names) > MAX_TAGS:
        raise Invalid(f"A ticket can have at most {MAX_TAGS} tags.", fields={"tags": f"At most {MAX_TAGS}."})
    return names


def _permit_staff_update(session: Session, actor: Actor, ticket: Ticket, seen: int) -> None:
    gate.permit(session, actor, Permission.TICKET_UPDATE, ticket)
    if not gate.works_on(actor, Permission.TICKET_UPDATE, ticket):
        raise gate.not_permitted(actor, Permission.TICKET_UPDATE, subject="ticket", subject_id=ticket.id)
    ticket_versions.must_be(actor, ticket, seen)


def _permit_update(session: Session, actor: Actor, ticket: Ticket, seen: int) -> None:
    gate.permit(session, actor, Permission.TICKET_UPDATE, ticket)
    if ticket.first_response_at is not None and not gate.works_on(actor, Permission.TICKET_UPDATE, ticket):
        raise Invalid("You can change this only until the first reply. Write a reply instead.")
    ticket_versions.must_be(actor, ticket, seen)


def _set_field(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    *,
    field: str,
    value: object,
    old: str | None,
    new: str | None,
) -> None:
    if getattr(ticket, field) == value:
        return
    setattr(ticket, field, value)
    ticket.change(at=clock.now())
    name = field.removesuffix("_id")
    events.record(session, actor, Action.TICKET_UPDATED, ticket_id=ticket.id, field=name, old=old, new=new)
