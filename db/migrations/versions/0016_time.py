"""Time: entries, activities, estimates, and the months in which they are settled."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0016"
down_revision = "0015"

GIVEN = {
    "time.log": {"agent": 2, "manager": 2, "administrator": 3},
    "time.manage": {"manager": 2, "administrator": 3},
    "time.read": {"agent": 2, "manager": 2, "administrator": 3},
}
"""What the built-in roles of a desk that is there already get; a new one begins with its seeds."""
ACTIVITIES = ("Work", "Research", "Meeting", "Travel")


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("ticket", sa.Column("estimate", sa.Integer(), nullable=True))
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("name", name=op.f("uq_activity_name")),
    )
    op.create_table(
        "time_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("came_from", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("seconds BETWEEN 0 AND 86400", name=op.f("ck_time_entry_seconds")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_time_entry_minutes")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_time_entry_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_time_entry_worker_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_time_entry_author_id")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_time_entry_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
    )
    op.create_index("ix_time_entry_ticket", "time_entry", ["ticket_id", "id"])
    op.create_index("ix_time_entry_worker", "time_entry", ["worker_id", "day", "id"])
    op.create_index(
        "ix_time_entry_day",
        "time_entry",
        ["day", "worker_id", "ticket_id", "activity_id", "billable", "minutes"],
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "timesheet",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'submitted', 'approved')", name=op.f("ck_timesheet_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_timesheet_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_timesheet_by_id")),
        sa.PrimaryKeyConstraint("person_id", "month", name=op.f("pk_timesheet")),
    )
    _begin()


def _begin() -> None:
    activity = sa.table("activity", *(sa.column(n) for n in ("name", "position", "is_default", "retired")))
    op.bulk_insert(
        activity,
        [
            {"name": name, "position": place, "is_default": place == 0, "retired": False}
            for place, name in enumerate(ACTIVITIES)
        ],
    )
    role = sa.table("role", sa.column("id"), sa.column("name"), sa.column("built_in"))
    granted = sa.table("role_permission", *(sa.column(n) for n in ("role_id", "permission", "scope")))
    for permission, scopes in GIVEN.items():
        for name, scope in scopes.items():
            chosen = sa.select(role.c.id, sa.literal(permission), sa.literal(scope)).where(
                role.c.name == name, role.c.built_in
            )
            op.execute(granted.insert().from_select(["role_id", "permission", "scope"], chosen))
