"""Stopping: soon, whatever the mail server and Slack do, with SQLite's journal in its file."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from db import engine as engines
from db.models import Message, Person, Role, SlackAccount
from db.vocabulary import MessageKind, NotificationChannel
from tests.support import post as posts
from tests.support.server import run_server
from tests.support.unscoped import UNSCOPED

MOST = 10
"""Seconds that a stop may take."""


@contextmanager
def silence() -> Iterator[int]:
    """Run a server that takes connections and never answers; give its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept: list[socket.socket] = []

        def take():
            with suppress(OSError):
                while True:
                    kept.append(listening.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield listening.getsockname()[1]
        for each in kept:
            each.close()


def owe(data, count=3):
    """Owe messages by email and in Slack in the database of a server that runs."""
    engine, now = engines.connect(f"sqlite:///{data / 'docket.db'}"), datetime.now(UTC)
    with Session(engine.execution_options(writes=True)) as session:
        role = session.exec(select(Role.id)).first()
        person = Person(email="sam@example.org", name="Sam", role_id=role, created_at=now)
        session.add(person)
        session.flush()
        session.add(SlackAccount(person_id=person.id, slack_id="U0123ABCD"))
        for medium in (NotificationChannel.MAIL, NotificationChannel.SLACK):
            session.add_all(
                Message(
                    medium=medium, sort=MessageKind.TRIAL, person_id=person.id, created_at=now, due_at=now
                )
                for _ in range(count)
            )
        session.commit()
    return engine


def claimed(engine):
    with Session(engine) as session:
        rows = session.exec(select(Message.medium, Message.claimed_by).execution_options(**UNSCOPED)).all()
    return {medium for medium, holder in rows if holder}


@pytest.mark.parametrize("way", ["silent", "slow"])
def test_a_stop_is_soon_though_mail_and_slack_say_nothing(tmp_path, way):
    data = tmp_path / "data"
    with silence() as slack, posts.run_broken_mail_server(way) as port:
        settings = {
            "DOCKET_SMTP_HOST": "127.0.0.1", "DOCKET_SMTP_PORT": str(port), "DOCKET_SMTP_TLS": "none",
            "DOCKET_SMTP_FROM": "desk@example.org", "DOCKET_SLACK_BOT_TOKEN": "xoxb-tests",
            "DOCKET_SLACK_API_URL": f"http://127.0.0.1:{slack}/api/",
        }  # fmt: skip
        with run_server(data, settings) as server:
            engine = owe(data)
            until = time.monotonic() + 30
            while claimed(engine) != {"mail", "slack"} and time.monotonic() < until:
                time.sleep(0.1)
            assert claimed(engine) == {"mail", "slack"}, "both are being sent"
            engine.dispose()
            since = time.monotonic()
            server.stop(signal.SIGTERM)
            taken = time.monotonic() - since
            assert taken < MOST and server.process.returncode in (0, -signal.SIGTERM), server.said()[-2000:]
    journal = data / "docket.db-wal"
    assert not journal.exists() or journal.stat().st_size == 0
