"""Who invited a person, and whether an address that somebody else corrected has been used to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("person", sa.Column("invited_by_id", sa.Integer(), nullable=True))
    op.add_column(
        "person", sa.Column("email_unproven", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE person SET invited_by_id = (SELECT min(actor_id) FROM event WHERE event.action = 'person.created' "
        "AND event.subject = 'person:' || person.id)"
    )
