"""Assign queued tickets once somebody is available."""

import structlog

from lib import transactions
from lib.assignment import assignment, queue
from lib.core.errors import Unavailable

log = structlog.get_logger(__name__)


def assign_waiting_tickets() -> None:
    """Apply the assignment rules to each queued ticket in its own transaction.

    A ticket that fails is tried again in the next run and doesn't hold up others.
    """
    with transactions.see() as session:
        numbers = queue.list_due(session)
    for number in numbers:
        try:
            with transactions.act() as session:
                assignment.assign_waiting_ticket(session, number)
        except Unavailable:
            raise
        except Exception:
            log.exception("a waiting ticket could not be assigned", ticket=number)
