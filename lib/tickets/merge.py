"""Merge one ticket into another, and undo a merge. Each runs in one transaction.

What moves: the description with its files (as a reply), all replies, notes and files with their authors and times,
the requester and CC, tags, links, and drafts. The merged ticket remains as an address that leads to the other ticket,
and nothing on it changes any more.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import (
    Attachment,
    Comment,
    Draft,
    Merge,
    Participant,
    SearchEntry,
    Status,
    Tag,
    Ticket,
    TicketTag,
    TimeEntry,
    Timer,
    Watch,
)
from db.vocabulary import Action, Permission, Scope
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.assignment import departed_assignees
from lib.audit import events
from lib.catalog import statuses
from lib.conversation import comments
from lib.core import clock
from lib.core.errors import Invalid
from lib.search_index import index
from lib.tickets import links, tickets


def lock_pair(session: Session, actor: Actor, number: int, other: int) -> tuple[Ticket, Ticket]:
    """Return two tickets that the actor can see, locked until the transaction ends.

    Raises NotFound.
    """
    # Always the lower number first, so that two people who merge the same tickets don't deadlock.
    found = {n: tickets.find(session, actor, n, to_change=True) for n in sorted({number, other})}
    return found[number], found[other]


def merge(session: Session, actor: Actor, ticket: Ticket, *, into: Ticket, seen: int) -> None:
    """Merge a ticket into another, both locked by `lock_pair`. Has no effect if it is already merged there.

    The other ticket becomes confidential if this one is. Raises NotFound, NotPermitted unless the actor works on
    both, Conflict (this one was changed since version `seen`), and Invalid for a merge into itself or if another
    merge prevents it.
    """
    gate.permit(session, actor, Permission.TICKET_READ, into)
    if ticket.merged_into_id is not None and ticket.merged_into_id == into.id:
        return
    gate.permit(session, actor, Permission.TICKET_MERGE, ticket)
    _require_mergeable(session, actor, ticket, into)
    gate.permit(session, actor, Permission.TICKET_MERGE, into)
    ticket_versions.must_be(actor, ticket, seen)
    links.lock_all(session)
    lock(session, "tags")
    now = clock.now()
    row = Merge(
        source_id=ticket.id,
        target_id=into.id,
        actor_id=actor.id,
        at=now,
        status_id=ticket.status_id,
        resolved_at=ticket.resolved_at,
        resolver_id=ticket.resolver_id,
        confided=ticket.confidential and not into.confidential,
    )
    row.opening_id = _move_description(session, ticket, into)
    _move_conversation(session, ticket, at=into.id, came_from=ticket.id)
    had, made = links.transfer(session, ticket, into)
    moved, added = _move_tags(session, ticket, into)
    row.moved = {
        "people": _add_cc(session, ticket, into), "watchers": _add_watchers(session, ticket, into),
        "tags": moved, "tags_added": added, "links": had, "links_made": made,
    }  # fmt: skip
    session.add(row)
    _move_drafts(session, ticket, into)
    ticket.enter(session.exec(select(Status).where(col(Status.is_merged))).one(), at=now)
    ticket.merged_into_id = into.id
    ticket.first_response_at = ticket.responder_id = None
    into.confidential = into.confidential or ticket.confidential
    for each in (ticket, into):
        each.change(at=now)
    _record_events(session, actor, Action.TICKET_MERGED, ticket, into)


def unmerge(session: Session, actor: Actor, ticket: Ticket, *, into: Ticket) -> None:
    """Undo a merge, with both tickets locked by `lock_pair`. Has no effect if `ticket` is not merged into `into`.

    What came from the ticket moves back; what was added to the other ticket since stays there. If the merge made the
    other ticket confidential, it stops being so unless somebody commented on it since. Raises NotFound, NotPermitted.
    """
    for each in (ticket, into):
        gate.permit(session, actor, Permission.TICKET_READ, each)
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    row = session.exec(_select_open_merge(ticket, into)).first()
    if row is None or ticket.merged_into_id != into.id:
        return
    lock(session, "tags")
    now, moved = clock.now(), row.moved
    said_since = _has_new_comments(session, into, row)
    ticket.merged_into_id = None
    _restore_description(session, ticket, row)
    _restore_conversation(session, ticket, into)
    links.undo_transfer(session, had=_parse_links(moved["links"]), made=_parse_links(moved["links_made"]))
    _restore_tags(session, ticket, into, moved)
    _remove_cc(session, into, moved["people"])
    _remove_watchers(session, into, moved["watchers"])
    status = session.get_one(Status, row.status_id)
    ticket.enter(statuses.get_default(session) if status.retired else status, at=now)
    ticket.resolved_at, ticket.resolver_id = row.resolved_at, row.resolver_id
    session.flush()
    comments.settle_first_response(session, ticket)
    ticket.rank = -float(ticket.id)
    into.confidential = into.confidential and not (row.confided and not said_since)
    row.undone_at = now
    for each in (ticket, into):
        each.change(at=now)
    index.index_ticket(session, ticket)
    _record_events(session, actor, Action.TICKET_UNMERGED, ticket, into)
    departed_assignees.unassign_if_departed(session, ticket)


def _require_mergeable(session: Session, actor: Actor, ticket: Ticket, into: Ticket) -> None:
    if ticket.id == into.id:
        raise Invalid("A ticket can't be merged into itself.", fields={"into": "Choose another ticket."})
    if into.merged_into_id is not None:
        further = gate.visible(actor, Ticket.id).where(col(Ticket.id) == into.merged_into_id)
        instead = session.exec(further).first()
        hint = f" Merge into #{instead} instead." if instead and instead != ticket.id else ""
        raise Invalid(
            f"#{into.id} was itself merged into another ticket.{hint}",
            fields={"into": "This ticket is merged."},
        )
    holds = select(Merge.id).where(Merge.target_id == ticket.id, col(Merge.undone_at).is_(None))
    if session.exec(gate.unscoped(holds, "merging was permitted")).first() is not None:
        raise Invalid(
            f"#{ticket.id} contains a merged ticket and can't be merged. "
            f"Merge #{into.id} into #{ticket.id} instead.",
            fields={"into": "Merge the other way round."},
        )


def _move_description(session: Session, ticket: Ticket, into: Ticket) -> int:
    """Add the description with its files to the other ticket as a reply by the requester. Return the comment's id."""
    opening = Comment(
        ticket_id=into.id,
        author_id=ticket.requester_id,
        internal=False,
        body=f"{ticket.title}\n\n{ticket.description}".strip(),
        created_at=ticket.created_at,
        came_from=ticket.id,
    )
    session.add(opening)
    session.flush()
    index.index_comment(session, opening)
    for entry in session.exec(_select_own_search_entries(ticket)).all():
        session.delete(entry)
    own = col(Attachment.ticket_id) == ticket.id, col(Attachment.comment_id).is_(None)
    _execute(session, update(Attachment).where(*own).values(comment_id=opening.id))
    return opening.id


def _select_own_search_entries(ticket: Ticket) -> Any:
    chosen = select(SearchEntry).where(
        SearchEntry.ticket_id == ticket.id, col(SearchEntry.comment_id).is_(None)
    )
    return gate.unscoped(chosen, "merging was permitted")


def _move_conversation(session: Session, ticket: Ticket, *, at: int, came_from: int | None) -> None:
    """Move a ticket's comments, files, time entries and timers to the ticket `at`."""
    here = ticket.id
    _execute(
        session,
        update(Comment).where(col(Comment.ticket_id) == here).values(ticket_id=at, came_from=came_from),
    )
    _execute(session, update(SearchEntry).where(col(SearchEntry.ticket_id) == here).values(ticket_id=at))
    own = update(Attachment).where(col(Attachment.ticket_id) == here)
    _execute(session, own.values(ticket_id=at, came_from=came_from))
    worked = update(TimeEntry).where(col(TimeEntry.ticket_id) == here)
    _execute(session, worked.values(ticket_id=at, came_from=came_from))
    _execute(session, update(Timer).where(col(Timer.ticket_id) == here).values(ticket_id=at))


def _restore_conversation(session: Session, ticket: Ticket, into: Ticket) -> None:
    """Move back what came from a ticket."""
    said = select(Comment.id).where(Comment.ticket_id == into.id, Comment.came_from == ticket.id)
    found = update(SearchEntry).where(col(SearchEntry.comment_id).in_(said))
    _execute(session, found.values(ticket_id=ticket.id))
    for model in (Comment, Attachment, TimeEntry):
        came = update(model).where(col(model.ticket_id) == into.id, col(model.came_from) == ticket.id)
        _execute(session, came.values(ticket_id=ticket.id, came_from=None))


def _restore_description(session: Session, ticket: Ticket, row: Merge) -> None:
    """Delete the reply that held the description, and restore its files and its author's later edits to the ticket."""
    own = update(Attachment).where(col(Attachment.comment_id) == row.opening_id)
    _execute(session, own.values(comment_id=None))
    opening = (
        gate.unscoped_get(session, Comment, row.opening_id, "merging was permitted")
        if row.opening_id
        else None
    )
    if opening is None:
        return
    if opening.edited_at is not None and opening.removed_at is None:
        ticket.description = opening.body.removeprefix(ticket.title).strip()
    entries = select(SearchEntry).where(SearchEntry.comment_id == opening.id)
    for entry in session.exec(gate.unscoped(entries, "merging was permitted")).all():
        session.delete(entry)
    session.flush()
    session.delete(opening)
    session.flush()


def _has_new_comments(session: Session, into: Ticket, row: Merge) -> bool:
    since = select(Comment.id).where(
        Comment.ticket_id == into.id, col(Comment.created_at) >= row.at, col(Comment.came_from).is_(None)
    )
    return session.exec(gate.unscoped(since, "merging was permitted")).first() is not None


def _list_people(session: Session, ticket: Ticket) -> set[int]:
    copied = select(Participant.person_id).where(Participant.ticket_id == ticket.id)
    return {ticket.requester_id, *session.exec(gate.unscoped(copied, "merging was permitted")).all()}


def _add_cc(session: Session, ticket: Ticket, into: Ticket) -> list[int]:
    """Add a ticket's requester and CC to the CC of another ticket. Return the ids of those who were added."""
    fresh = sorted(_list_people(session, ticket) - _list_people(session, into))
    session.add_all(Participant(ticket_id=into.id, person_id=id) for id in fresh)
    session.flush()
    return fresh


def _remove_cc(session: Session, into: Ticket, people: Iterable[int]) -> None:
    for id in people:
        row = gate.unscoped_get(session, Participant, (into.id, id), "merging was permitted")
        if row is not None:
            session.delete(row)


def _add_watchers(session: Session, ticket: Ticket, into: Ticket) -> list[int]:
    """Copy a ticket's watchers to another ticket, unless they made a choice there. Return the ids of those added."""
    chose = select(Watch.person_id).where(Watch.ticket_id == into.id)
    fresh = select(Watch.person_id).where(
        Watch.ticket_id == ticket.id, col(Watch.watching), col(Watch.person_id).not_in(chose)
    )
    people = sorted(session.exec(gate.unscoped(fresh, "merging was permitted")).all())
    session.add_all(Watch(ticket_id=into.id, person_id=id, watching=True) for id in people)
    return people


def _remove_watchers(session: Session, into: Ticket, people: Iterable[int]) -> None:
    for id in people:
        row = gate.unscoped_get(session, Watch, (into.id, id), "merging was permitted")
        if row is not None:
            session.delete(row)


def _list_tag_ids(session: Session, ticket: Ticket) -> list[int]:
    borne = select(TicketTag.tag_id).where(TicketTag.ticket_id == ticket.id)
    return sorted(session.exec(gate.unscoped(borne, "merging was permitted")).all())


def _move_tags(session: Session, ticket: Ticket, into: Ticket) -> tuple[list[int], list[int]]:
    """Move a ticket's tags to another, up to the limit there. Return the tag ids moved and the tag ids added."""
    moved, there = _list_tag_ids(session, ticket), _list_tag_ids(session, into)
    added = [id for id in moved if id not in there][: max(0, tickets.MAX_TAGS - len(there))]
    gone = select(TicketTag).where(TicketTag.ticket_id == ticket.id)
    for row in session.exec(gate.unscoped(gone, "merging was permitted")).all():
        session.delete(row)
    session.add_all(TicketTag(ticket_id=into.id, tag_id=id) for id in added)
    session.flush()
    return moved, added


def _restore_tags(session: Session, ticket: Ticket, into: Ticket, moved: dict[str, Any]) -> None:
    for id in moved["tags_added"]:
        row = gate.unscoped_get(session, TicketTag, (into.id, id), "merging was permitted")
        if row is not None:
            session.delete(row)
    kept = session.exec(select(Tag.id).where(col(Tag.id).in_(moved["tags"]))).all()
    session.add_all(TicketTag(ticket_id=ticket.id, tag_id=id) for id in kept)


def _parse_links(kept: Iterable[Iterable[Any]]) -> list[links.PlainLink]:
    return [(str(kind), int(source), int(target)) for kind, source, target in kept]


def _move_drafts(session: Session, ticket: Ticket, into: Ticket) -> None:
    """Move drafts to the other ticket, except for people who already have a draft there."""
    here, there = f"ticket-{ticket.id}", f"ticket-{into.id}"
    begun = select(Draft.person_id).where(Draft.slot == there)
    own = update(Draft).where(col(Draft.slot) == here, col(Draft.person_id).not_in(begun))
    _execute(session, own.values(slot=there))


def _select_open_merge(ticket: Ticket, into: Ticket) -> Any:
    chosen = select(Merge).where(
        Merge.source_id == ticket.id, Merge.target_id == into.id, col(Merge.undone_at).is_(None)
    )
    return gate.unscoped(chosen.with_for_update(key_share=True), "merging was permitted")


def _execute(session: Session, change: Any) -> None:
    session.execute(gate.unscoped(change, "merging was permitted", synchronize_session=False))


def _record_events(session: Session, actor: Actor, action: Action, ticket: Ticket, into: Ticket) -> None:
    for here, other, field in ((ticket, into, "into"), (into, ticket, "from")):
        old, new = (None, str(other.id)) if action == Action.TICKET_MERGED else (str(other.id), None)
        events.record(
            session, actor, action, ticket_id=here.id, subject=f"ticket:{other.id}", field=field, old=old, new=new
        )  # fmt: skip
