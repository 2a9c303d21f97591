"""Timers."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "timer",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_timer_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_timer_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entry_id"], ["time_entry.id"], name=op.f("fk_timer_entry_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_timer")),
    )
    op.create_index("ix_timer_ticket_id", "timer", ["ticket_id"])
