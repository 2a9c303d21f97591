"""A ticket's conversation: what was said and what was done, in one order, newest last, in pieces."""

from dataclasses import dataclass

from sqlmodel import Session

from db.models import Ticket
from lib.access.gate import Actor
from lib.conversation import comments, history
from lib.conversation.comments import CommentCard
from lib.conversation.history import Line

PIECE = 50
"""Comments shown at a time."""
DEEDS = 200
"""Deeds shown at most beside them."""
_LAST = 2**31 - 1


@dataclass(frozen=True)
class Thread:
    """A piece of a conversation; `earlier` is the comment id to ask for what came before it, or None."""

    entries: tuple[CommentCard | Line, ...]
    earlier: int | None


def of(session: Session, actor: Actor, ticket: Ticket, *, before: int | None = None) -> Thread:
    """Return the last piece, or the one before comment `before`; notes only for those who may read them."""
    said = comments.of(session, actor, ticket, before=before or _LAST, limit=PIECE + 1)
    earlier = said[1].id if len(said) > PIECE else None
    said = said[-PIECE:]
    since = min(s.created_at for s in said) if earlier else None
    until = comments.moment(session, actor, ticket, before) if before else None
    done = history.between(session, actor, ticket, since=since, until=until, limit=DEEDS)
    entries = sorted([*said, *done], key=lambda e: e.created_at if isinstance(e, CommentCard) else e.at)
    return Thread(tuple(entries), earlier)
