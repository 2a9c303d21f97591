"""Hand out the tickets that wait for somebody to be free."""

import structlog

from lib import transactions
from lib.desk import handing, waiting
from lib.errors import Unavailable

log = structlog.get_logger(__name__)


def out() -> None:
    """Ask the rules again, for each ticket by itself: one that fails is tried again next time and holds up no other."""
    with transactions.see() as session:
        numbers = waiting.due(session)
    for number in numbers:
        try:
            with transactions.act() as session:
                handing.hand_out(session, number)
        except Unavailable:
            raise
        except Exception:
            log.exception("a ticket that waits was not handed out", ticket=number)
