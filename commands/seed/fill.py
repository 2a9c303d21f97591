"""Fill a desk with a load, and tell how it goes."""

import time
from collections.abc import Callable

from commands.seed import cast, plan, postgres_writer, rows, sqlite_writer
from commands.shell import desk
from db.vocabulary import Permission
from lib import transactions
from lib.core import clock
from lib.core.errors import Conflict
from lib.lists import ticket_list

BATCH_SIZE = 5000
"""Tickets that are written at a time."""


def write_tickets(number: int, *, add: bool, tell: Callable[[str], None]) -> None:
    """Write `number` tickets with all that belongs to them, in one transaction.

    Raises Conflict on a desk that has tickets already, unless `add`.
    """
    reader = desk.build_operator(Permission.TICKET_READ, Permission.TICKET_CONFIDENTIAL)
    with transactions.see() as session:
        if not add and ticket_list.count(session, reader):
            raise Conflict("Docket already has tickets. To add more, use --add.")
    began = time.monotonic()
    with transactions.act() as session:
        people = cast.prepare_cast(session)
    engine = transactions.engine()
    database = sqlite_writer if engine.dialect.name == "sqlite" else postgres_writer
    planned = plan.plan_tickets(number, until=clock.now())
    written = 0
    with database.open_writer(engine) as target:
        for batch in rows.build_batches(planned, people, target.last(), size=BATCH_SIZE):
            target.write(batch)
            written += len(batch.rows["ticket"])
            tell(f"{written:,} of {number:,} tickets, {time.monotonic() - began:.0f} s")
        tell("creating indexes …")
    database.finish(engine)
    tell(f"done in {time.monotonic() - began:.0f} s")
