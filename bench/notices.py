"""How fast mail goes out: how many a second one worker sends, and how long a new one takes while many are owed.

python -m bench.notices --data DIR [--messages 2000] [--owed 10000] [--fresh 100]
"""

import gc
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

import click
from sqlalchemy import delete
from sqlmodel import col, func, select

from bench.measure import percentile, table
from commands.shell.data import add_data_option
from db.models import DeliveryNotice, Event, Message, Notice, Ticket
from db.vocabulary import Action, MessageKind, NotificationChannel, NotificationType, RecipientReason
from lib.access import gate
from lib.core import clock, settings
from lib.integrations import smtp
from lib.transactions import Session, act, engine, see
from worker import outbox_loop

SERVER = """
import asyncio, socket, sys
from aiosmtpd.smtp import SMTP

class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@click.command()
@click.option("--messages", default=2000, show_default=True, help="How many are drained.")
@click.option("--owed", default=10_000, show_default=True, help="How many are due while new ones are sent.")
@click.option("--fresh", default=100, show_default=True, help="How many new ones are timed.")
def main(messages: int, owed: int, fresh: int) -> None:
    """Print messages a second, and milliseconds from the commit to the mail server's yes; leaves the desk changed."""
    with _server():
        _clear()
        _owe(messages)
        gc.collect()
        gc.freeze()  # as the server does when it starts
        began, worked = time.perf_counter(), time.process_time()
        outbox_loop.start()
        while _left():
            time.sleep(0.2)
        drained = messages / (time.perf_counter() - began)
        outbox_loop.stop()
        cost = (time.process_time() - worked) / messages * 1000
        _clear()
        _owe(owed)
        waits = _fresh(fresh, after=owed)
        left = _left()
        _clear()
    head = ("", "")
    rows = [
        ("sent a second", f"{drained:.0f}"),
        ("processor ms each", f"{cost:.1f}"),
        ("new one, p50 ms", f"{percentile(waits, 50):.0f}"),
        ("new one, p95 ms", f"{percentile(waits, 95):.0f}"),
        ("still owed then", f"{left}"),
        ("load average", " ".join(f"{load:.1f}" for load in os.getloadavg())),
    ]
    click.echo(table(head, rows))


@contextmanager
def _server() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        os.environ |= {
            "DOCKET_SMTP_HOST": "127.0.0.1", "DOCKET_SMTP_PORT": port, "DOCKET_SMTP_TLS": "none",
            "DOCKET_SMTP_FROM": "bench@load.example",
        }  # fmt: skip
        settings.current.cache_clear()
        yield
    finally:
        process.kill()
        process.wait()


def _clear() -> None:
    """Owe nothing."""
    with act() as session:
        for model in (Notice, Message):
            session.execute(
                gate.unscoped(delete(model), "a benchmark reads everything", synchronize_session=False)
            )


def _told(count: int) -> list[tuple[int, int, int]]:
    """Return events with their tickets and who asked for them, over again where there are too few."""
    with see() as session:
        found = select(Event.id, Ticket.id, Ticket.requester_id).join(
            Ticket, col(Ticket.id) == Event.ticket_id
        )
        found = found.where(Event.action == Action.TICKET_CREATED, col(Ticket.deleted_at).is_(None)).limit(
            count
        )
        rows = session.exec(gate.unscoped(found, "a benchmark reads everything")).all()
    return [(event or 0, ticket or 0, person) for event, ticket, person in rows]


def _owe(count: int, *, after: int = 0) -> None:
    """Owe news of as many tickets, which all are due."""
    told = _told(after + count)[after:]
    if len(told) < count:
        raise click.ClickException(f"Seed at least {after + count} tickets.")
    at = clock.now() - timedelta(minutes=1)
    with act() as session:
        _add(session, told, at)

    with engine().connect() as connection:  # as PostgreSQL and the worker do by themselves before long
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _message(about: tuple[int, int, int], at: datetime) -> Message:
    _, ticket, person = about
    return Message(
        medium=NotificationChannel.MAIL,
        sort=MessageKind.TICKET,
        person_id=person,
        ticket_id=ticket,
        created_at=at,
        due_at=at,
    )


def _add(session: Session, told: list[tuple[int, int, int]], at: datetime) -> list[Message]:
    """Add a message for each event, with the notification that it tells of."""
    messages, notices = [_message(about, at) for about in told], [_notice(about, at) for about in told]
    session.add_all([*messages, *notices])
    session.flush()
    session.add_all(
        DeliveryNotice(delivery_id=message.id, notice_id=notice.id)
        for message, notice in zip(messages, notices, strict=True)
    )
    return messages


def _notice(about: tuple[int, int, int], at: datetime) -> Notice:
    event, ticket, person = about
    return Notice(
        person_id=person, event_id=event, ticket_id=ticket, occasion=NotificationType.CREATED,
        relation=RecipientReason.REQUESTER, at=at,
    )  # fmt: skip


def _fresh(count: int, *, after: int) -> list[float]:
    """Return how long new mails take in milliseconds, from their commit to the server's yes, while a worker works."""
    taken: dict[str, float] = {}
    send = smtp.MailConnection.send

    def noting(box: smtp.MailConnection, to: str, raw: bytes) -> None:
        send(box, to, raw)
        taken[raw.partition(b"<outbox-")[2].partition(b"-")[0].decode()] = time.perf_counter()

    begun: dict[str, float] = {}
    with patch.object(smtp.MailConnection, "send", noting):
        outbox_loop.start()
        for about in _told(after + count)[after:]:
            at = clock.now()
            with act() as session:
                (message,) = _add(session, [about], at)
            begun[str(message.id)] = time.perf_counter()
            time.sleep(0.1)
        until = time.monotonic() + 60
        while not begun.keys() <= taken.keys() and time.monotonic() < until:
            time.sleep(0.1)
        outbox_loop.stop()
    return [(taken.get(id, math.inf) - at) * 1000 for id, at in begun.items()]


def _left() -> int:
    with see() as session:
        owed = select(func.count()).select_from(Message).where(col(Message.done_at).is_(None))
        return session.exec(gate.unscoped(owed, "a benchmark reads everything")).one()


if __name__ == "__main__":
    add_data_option(main)()
