"""Throw away what has served its purpose: expired secrets, old drafts, files that nothing holds."""

from lib import transactions
from lib.audit import idempotency
from lib.conversation import attachments, presence
from lib.conversation import drafts as desk_drafts
from lib.core import clock
from lib.identity import login_attempts, one_time_tokens, sessions
from lib.integrations import storage
from lib.notifications import inbox
from lib.notifications.delivery import outbox

BATCH = 200


def secrets() -> None:
    """Forget ended sessions, one-time secrets, tries to sign in, receipts and pages that nobody will ask for again."""
    for room in (sessions, one_time_tokens, login_attempts, idempotency, presence):
        with transactions.act() as session:
            room.forget_old(session)


def drafts() -> None:
    """Forget drafts that nobody went on with."""
    with transactions.act() as session:
        desk_drafts.forget_old(session)


def files() -> None:
    """Delete removed files and uploads that nothing took.

    They are first marked, so that nobody can take them any more, then their bytes go, then their rows: what is
    interrupted goes on at the next tick, and no row that people see ever lacks its bytes.
    """
    while True:
        with transactions.act() as session:
            gone = {row.id: row.path for row in attachments.let_go(session, limit=BATCH)}
        for path in gone.values():
            storage.remove(path)
            storage.remove(attachments.thumbnail_path(path))
        with transactions.act() as session:
            attachments.forget(session, gone)
        if len(gone) < BATCH:
            return


def strays() -> None:
    """Delete stored bytes that no row came to hold, as an upload leaves them that was killed half-way."""
    for paths in storage.listed(before=clock.now() - attachments.STRAY, limit=BATCH):
        with transactions.see() as session:
            unheld = attachments.strays(session, paths)
        for path in unheld:
            storage.remove(path)


def notices() -> None:
    """Forget notices that were read and messages that were sent long ago, some at a time so that nobody waits."""
    for room in (outbox, inbox):
        while True:
            with transactions.act() as session:
                gone = room.forget_old(session, limit=BATCH)
            if gone < BATCH:
                break


def statistics() -> None:
    """Let SQLite look at tables that have grown, so that it goes on choosing the right index."""
    engine = transactions.engine()
    if engine.dialect.name == "sqlite":
        pooled = engine.raw_connection()
        try:
            cursor = pooled.cursor()
            # Every table that needs it, not only those that this connection has read.
            cursor.execute("PRAGMA optimize=0x10002")
            cursor.close()
        finally:
            pooled.close()
