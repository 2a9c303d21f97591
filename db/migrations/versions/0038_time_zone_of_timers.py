"""Keep the time zone in which a timer was started, so that whoever stops it logs it on the right day."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("timer", sa.Column("timezone", sa.String(60), nullable=True))
