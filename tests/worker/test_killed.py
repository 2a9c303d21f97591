"""P35: workers that are killed at any moment lose no message, and what goes out again is the same mail."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from db.models import Message
from db.vocabulary import MessageKind, NotificationChannel
from lib.core import clock
from lib.transactions import act, see
from tests.support import post as posts
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("what a killed worker leaves is settled by each database")


ROOT = Path(__file__).parents[2]
MANY = 1000
KILLS = 6
WORKER = """
import time
from datetime import timedelta
from db.vocabulary import NotificationChannel
from lib.notifications.delivery import outbox
from worker import outbox_loop
outbox.LEASE = timedelta(seconds=3)
while True:
    outbox_loop.deliver(NotificationChannel.MAIL) or time.sleep(0.05)
"""


def begin(url: str, port: int) -> subprocess.Popen:
    own = {
        "DOCKET_DATABASE_URL": url, "DOCKET_SMTP_HOST": "127.0.0.1", "DOCKET_SMTP_PORT": str(port),
        "DOCKET_SMTP_TLS": "none", "DOCKET_SMTP_FROM": "desk@example.org",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=ROOT, env={**os.environ, **own}, stderr=subprocess.DEVNULL
    )


def owed() -> int:
    with see() as session:
        chosen = select(Message.id).where(col(Message.done_at).is_(None)).execution_options(**UNSCOPED)
        return len(session.exec(chosen).all())


def test_every_mail_goes_out_though_workers_are_killed(desk, database_url):
    now = clock.now()
    with act() as session:
        session.add_all(
            Message(
                medium=NotificationChannel.MAIL,
                sort=MessageKind.TRIAL,
                person_id=desk.sam.id,
                created_at=now,
                due_at=now,
            )
            for _ in range(MANY)
        )
    chance = random.Random(35)
    with posts.run_mail_server() as post:
        workers = [begin(database_url, post.port) for _ in range(2)]
        try:
            while not post.mails:
                time.sleep(0.05)
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.2, 0.8))
                at = chance.randrange(2)
                workers[at].send_signal(signal.SIGKILL)
                workers[at].wait()
                workers[at] = begin(database_url, post.port)
            until = time.monotonic() + 120
            while owed() and time.monotonic() < until:
                time.sleep(0.2)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
    seen = Counter(mail["Message-ID"] for mail in post.mails)
    with see() as session:
        rows = session.exec(select(Message).execution_options(**UNSCOPED)).all()
    assert len(seen) == MANY
    assert all(row.done_at and row.parked_at is None and row.claimed_by is None for row in rows)
    assert now - timedelta(seconds=1) < min(row.done_at for row in rows)
