"""Indexes for reports of hours by what the ticket says, and for entries that ran at the same time."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Bring the schema forward."""
    there, timed = sa.text("removed_at IS NULL"), sa.text("started_at IS NOT NULL")
    op.create_index(
        "ix_time_entry_spent", "time_entry", ["ticket_id", "activity_id", "day", "minutes"],
        sqlite_where=there, postgresql_where=there,
    )  # fmt: skip
    op.create_index(
        "ix_time_entry_ran", "time_entry", ["worker_id", "started_at"], sqlite_where=timed, postgresql_where=timed
    )
