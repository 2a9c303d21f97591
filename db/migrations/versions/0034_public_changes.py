"""When a ticket last changed, and how often, as people know it who may not read its notes."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Bring the schema forward."""
    past = "1970-01-01 00:00:00.000000"
    op.add_column("ticket", sa.Column("public_updated_at", UtcDateTime(), nullable=False, server_default=past))
    op.add_column("ticket", sa.Column("public_version", sa.Integer(), nullable=False, server_default="1"))
    op.execute("UPDATE ticket SET public_updated_at = updated_at, public_version = version")
    # Where the last thing that changed it may have been a note or a field that not everybody reads, the last other one.
    op.execute(
        "UPDATE ticket SET public_updated_at = coalesce((SELECT CASE WHEN max(e.at) < ticket.updated_at THEN max(e.at) "
        "ELSE ticket.updated_at END FROM event e WHERE e.ticket_id = ticket.id AND NOT e.internal AND e.action IN "
        "('ticket.created', 'ticket.moved', 'ticket.assigned', 'ticket.updated', 'ticket.field', 'ticket.merged', "
        "'ticket.unmerged', 'comment.added')), created_at) WHERE id IN (SELECT ticket_id FROM event WHERE internal "
        "AND action IN ('comment.added', 'ticket.field'))"
    )
    op.create_index("ix_ticket_requester_public", "ticket", ["requester_id", "public_updated_at", "id"])
