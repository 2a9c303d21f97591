"""Tickets that a rule of assignment could give to nobody, until somebody is free."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "dispatch_wait",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_dispatch_wait_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_dispatch_wait")),
    )
