"""Count the changes of what people change in forms, so that one form does not overwrite another unnoticed."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

TABLES = ("status", "category", "custom_field", "team", "person", "activity", "rate")


def upgrade() -> None:
    """Bring the schema forward."""
    for table in TABLES:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
