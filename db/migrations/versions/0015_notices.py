"""Notices in Docket, the messages that are owed, and what people chose to hear."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0015"
down_revision = "0014"


def _owned(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=name, ondelete="CASCADE")


def _some(where: str) -> dict:
    return {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("slack_id", sa.Integer(), nullable=True),
        _owned("notice", "person_id", "person"),
        _owned("notice", "ticket_id", "ticket"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_notice_person_event", "notice", ["person_id", "event_id"], unique=True)
    op.create_index("ix_notice_unread", "notice", ["person_id"], **_some("read_at IS NULL AND listed"))
    for column in ("event_id", "ticket_id", "mail_id", "slack_id"):
        op.create_index(f"ix_notice_{column}", "notice", [column])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(64), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("parked_at", UtcDateTime(), nullable=True),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(300), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts")),
        _owned("outbox", "person_id", "person"),
        _owned("outbox", "ticket_id", "ticket"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    owed = _some("done_at IS NULL AND parked_at IS NULL")
    op.create_index("ix_outbox_due", "outbox", ["medium", "due_at"], **owed)
    op.create_index("ix_outbox_owed", "outbox", ["person_id", "ticket_id", "medium"], **owed)
    op.create_index("ix_outbox_done_at", "outbox", ["done_at"])
    op.create_index("ix_outbox_parked_at", "outbox", ["parked_at"])
    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(20), nullable=False),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("medium", sa.String(10), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        _owned("notice_choice", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", "occasion", "relation", "medium", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "notice_habit",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name=op.f("ck_notice_habit_quiet")
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 127", name=op.f("ck_notice_habit_days")),
        sa.CheckConstraint("hours IN (0, 4, 24, 168)", name=op.f("ck_notice_habit_hours")),
        _owned("notice_habit", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_habit")),
    )
    op.create_table(
        "mute",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _owned("mute", "ticket_id", "ticket"),
        _owned("mute", "person_id", "person"),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name=op.f("pk_mute")),
    )
    op.create_index("ix_mute_person_id", "mute", ["person_id"])
    op.create_table(
        "medium_state",
        sa.Column("medium", sa.String(10), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("medium", name=op.f("pk_medium_state")),
    )
    op.create_table(
        "slack_name",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("slack_id", sa.String(40), nullable=False),
        _owned("slack_name", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_slack_name")),
    )
    op.create_table(
        "slack_thread",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("began", sa.String(40), nullable=False),
        _owned("slack_thread", "ticket_id", "ticket"),
        sa.PrimaryKeyConstraint("ticket_id", "place", name=op.f("pk_slack_thread")),
    )
