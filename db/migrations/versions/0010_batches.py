"""Which events belong to one change of many tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("event", sa.Column("batch", sa.String(16), nullable=True))
    there = sa.text("batch IS NOT NULL")
    op.create_index("ix_event_batch", "event", ["batch"], sqlite_where=there, postgresql_where=there)
