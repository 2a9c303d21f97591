"""An index on what was done besides talking, so that a long conversation shows its deeds as fast as a short one."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Bring the schema forward."""
    besides = sa.text("action <> 'comment.added'")
    op.create_index(
        "ix_event_deed", "event", ["ticket_id", "id"], sqlite_where=besides, postgresql_where=besides
    )
