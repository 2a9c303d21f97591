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

BATCH_SIZE = 200


def delete_expired() -> None:
    """Forget ended sessions, one-time secrets, tries to sign in, receipts and pages that nobody will ask for again."""
    for room in (sessions, one_time_tokens, login_attempts, idempotency, presence):
        with transactions.act() as session:
            room.forget_old(session)


def delete_old_drafts() -> None:
    """Forget drafts that nobody went on with."""
    with transactions.act() as session:
        desk_drafts.forget_old(session)


def delete_removed_files() -> None:
    """Delete removed files and uploads that nothing took.

    They are first marked, so that nobody can take them any more, then their bytes go, then their rows: what is
    interrupted goes on at the next tick, and no row that people see ever lacks its bytes.
    """
    while True:
        with transactions.act() as session:
            gone = {row.id: row.path for row in attachments.expire(session, limit=BATCH_SIZE)}
        for path in gone.values():
            storage.delete(path)
            storage.delete(attachments.thumbnail_path(path))
        with transactions.act() as session:
            attachments.purge(session, gone)
        if len(gone) < BATCH_SIZE:
            return


def delete_orphaned_files() -> None:
    """Delete stored bytes that no row came to hold, as an upload leaves them that was killed half-way."""
    for paths in storage.list_before(before=clock.now() - attachments.ORPHAN_AGE, limit=BATCH_SIZE):
        with transactions.see() as session:
            unheld = attachments.find_orphans(session, paths)
        for path in unheld:
            storage.delete(path)


def delete_old_notifications() -> None:
    """Forget notices that were read and messages that were sent long ago, some at a time so that nobody waits."""
    for room in (outbox, inbox):
        while True:
            with transactions.act() as session:
                gone = room.forget_old(session, limit=BATCH_SIZE)
            if gone < BATCH_SIZE:
                break


def refresh_statistics() -> None:
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
