"""What somebody who was too late is shown."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.tickets.ticket_schemas import to_full_ticket
from lib.access.gate import Actor
from lib.core.errors import Conflict
from lib.tickets import tickets
from lib.transactions import see


@contextmanager
def attach_current_ticket(me: Actor, number: int) -> Iterator[None]:
    """Let a Conflict inside carry the ticket as it is now, and as the actor may see it."""
    try:
        yield
    except Conflict as conflict:
        with see() as session:
            current = to_full_ticket(session, me, tickets.find(session, me, number)).model_dump(mode="json")
        raise Conflict(conflict.sentence, current=current) from None
