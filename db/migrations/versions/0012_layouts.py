"""The columns and groups of saved views."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("saved_view", sa.Column("facts", sa.String(120), nullable=False, server_default=""))
    op.add_column("saved_view", sa.Column("grouping", sa.String(20), nullable=False, server_default=""))
