"""Cleanup: delete expired secrets, old drafts, unused files and old notifications."""

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
    """Delete ended sessions, one-time tokens, login attempts, idempotency records and closed pages."""
    for room in (sessions, one_time_tokens, login_attempts, idempotency, presence):
        with transactions.act() as session:
            room.forget_old(session)


def delete_old_drafts() -> None:
    """Delete drafts that nobody continued."""
    with transactions.act() as session:
        desk_drafts.forget_old(session)


def delete_removed_files() -> None:
    """Delete removed files and unused uploads.

    They are first marked so that nobody can attach them, then their bytes are deleted, then their rows. An
    interrupted run continues at the next one, and no visible row ever lacks its bytes.
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
    """Delete stored bytes that have no row, such as those of an upload that was killed midway."""
    for paths in storage.list_before(before=clock.now() - attachments.ORPHAN_AGE, limit=BATCH_SIZE):
        with transactions.see() as session:
            unheld = attachments.find_orphans(session, paths)
        for path in unheld:
            storage.delete(path)


def delete_old_notifications() -> None:
    """Delete notifications read and messages sent long ago, in batches so that nobody has to wait."""
    for room in (outbox, inbox):
        while True:
            with transactions.act() as session:
                gone = room.forget_old(session, limit=BATCH_SIZE)
            if gone < BATCH_SIZE:
                break


def refresh_statistics() -> None:
    """Refresh SQLite's statistics of tables that have grown, so that it keeps choosing the right index."""
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
