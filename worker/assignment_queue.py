"""Hand out the tickets that wait for somebody to be free."""

import structlog

from lib import transactions
from lib.assignment import assignment, queue
from lib.core.errors import Unavailable

log = structlog.get_logger(__name__)


def assign_waiting_tickets() -> None:
    """Ask the rules again, for each ticket by itself: one that fails is tried again next time and holds up no other."""
    with transactions.see() as session:
        numbers = queue.list_due(session)
    for number in numbers:
        try:
            with transactions.act() as session:
                assignment.assign_waiting_ticket(session, number)
        except Unavailable:
            raise
        except Exception:
            log.exception("a ticket that waits was not handed out", ticket=number)
