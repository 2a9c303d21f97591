"""A column by which lists are sorted by due date, where tickets without one come last."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("ticket", sa.Column("due_order", sa.Date(), nullable=False, server_default="9999-12-31"))
    op.execute("UPDATE ticket SET due_order = due_on WHERE due_on IS NOT NULL")
    op.create_index("ix_ticket_due", "ticket", ["due_order", "id"])
    op.create_index("ix_ticket_team_due", "ticket", ["team_id", "due_order", "id"])
