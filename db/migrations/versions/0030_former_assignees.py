"""Open tickets of people who no longer work in the team become unassigned, and remember who had them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0030"
down_revision = "0029"

GONE = """
SELECT ticket.id, ticket.assignee_id, person.name FROM ticket JOIN person ON person.id = ticket.assignee_id
WHERE ticket.open AND ticket.deleted_at IS NULL AND NOT (
    person.active
    AND EXISTS (SELECT 1 FROM membership WHERE person_id = person.id AND team_id = ticket.team_id)
    AND EXISTS (
        SELECT 1 FROM role_permission
        WHERE role_id = person.role_id AND permission = 'ticket.transition' AND scope >= 2
    )
)
ORDER BY ticket.id
"""
RELEASE = """
UPDATE ticket SET former_assignee_id = assignee_id, assignee_id = NULL, version = version + 1, updated_at = :at
WHERE id = :id
"""


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("ticket", sa.Column("former_assignee_id", sa.Integer(), nullable=True))
    given = sa.text("former_assignee_id IS NOT NULL")
    op.create_index(
        "ix_ticket_former_assignee", "ticket", ["former_assignee_id"], sqlite_where=given, postgresql_where=given
    )
    event = sa.table(
        "event", sa.column("at", UtcDateTime()), *(sa.column(name) for name in (
            "action", "ticket_id", "subject", "field", "old", "reason", "channel",
        )), sa.column("internal", sa.Boolean()),
    )  # fmt: skip
    connection, now = op.get_bind(), datetime.now(UTC)
    for id, person, name in connection.execute(sa.text(GONE)).all():
        connection.execute(sa.text(RELEASE).bindparams(sa.bindparam("at", type_=UtcDateTime())), {"id": id, "at": now})
        told = {
            "at": now, "action": "ticket.assigned", "ticket_id": id, "subject": "", "field": "assignee",
            "old": str(person), "reason": f"{name} no longer works in this team", "channel": "command",
            "internal": False,
        }  # fmt: skip
        connection.execute(sa.insert(event).values(told))
