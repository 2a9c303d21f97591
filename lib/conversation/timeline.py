"""A ticket's timeline: its comments and changes in one order, newest last, in pages."""

from dataclasses import dataclass

from sqlmodel import Session

from db.models import Ticket
from lib.access.gate import Actor
from lib.conversation import comments, history
from lib.conversation.comments import CommentCard
from lib.conversation.history import HistoryEntry

PAGE_SIZE = 50
"""Comments per page."""
MAX_CHANGES = 200
"""Maximum number of changes on one page."""
_MAX_ID = 2**31 - 1


@dataclass(frozen=True)
class TimelinePage:
    """One page of a timeline. `earlier` is the comment id for `before` to get the previous page, or None."""

    entries: tuple[CommentCard | HistoryEntry, ...]
    earlier: int | None


def get_page(session: Session, actor: Actor, ticket: Ticket, *, before: int | None = None) -> TimelinePage:
    """Return the last page, or the one before comment `before`. Internal notes only for people who can read them."""
    said = comments.list_for_ticket(session, actor, ticket, before=before or _MAX_ID, limit=PAGE_SIZE + 1)
    earlier = said[1].id if len(said) > PAGE_SIZE else None
    said = said[-PAGE_SIZE:]
    since = min(s.created_at for s in said) if earlier else None
    until = comments.find_created_at(session, actor, ticket, before) if before else None
    done = history.list_changes_between(session, actor, ticket, since=since, until=until, limit=MAX_CHANGES)
    entries = sorted([*said, *done], key=lambda e: e.created_at if isinstance(e, CommentCard) else e.at)
    return TimelinePage(tuple(entries), earlier)
