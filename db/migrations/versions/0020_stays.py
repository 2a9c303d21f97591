"""Indexes on where stays in a status begin and end."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Bring the schema forward."""
    turns = sa.text("action IN ('ticket.created', 'ticket.merged', 'ticket.moved', 'ticket.unmerged')")
    moved = sa.text("action = 'ticket.moved'")
    op.create_index(
        "ix_event_turn", "event", ["ticket_id", "id", "at", "action", "field"], sqlite_where=turns, postgresql_where=turns
    )
    op.create_index("ix_event_moved", "event", ["at", "ticket_id", "id", "old"], sqlite_where=moved, postgresql_where=moved)
