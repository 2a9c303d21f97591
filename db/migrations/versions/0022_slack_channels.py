"""Teams' channels in Slack: where they are, and messages that are owed to a team and not to a person."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0022"
down_revision = "0021"


def _owned(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "slack_place",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=True),
        sa.Column("webhook", sa.Text(), nullable=True),
        sa.Column("detailed", sa.Boolean(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(300), nullable=True),
        sa.CheckConstraint("(channel IS NULL) <> (webhook IS NULL)", name=op.f("ck_slack_place_one")),
        _owned("slack_place", "team_id", "team"),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_slack_place")),
    )
    attempts = sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts"))
    with op.batch_alter_table(
        "outbox", table_args=(attempts,), table_kwargs={"sqlite_autoincrement": True}
    ) as batch:
        batch.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_outbox_team_id"), "team", ["team_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_check_constraint(op.f("ck_outbox_whose"), "(person_id IS NULL) <> (team_id IS NULL)")
    owed = sa.text("done_at IS NULL AND parked_at IS NULL AND team_id IS NOT NULL")
    op.create_index(
        "ix_outbox_team", "outbox", ["team_id", "ticket_id"], sqlite_where=owed, postgresql_where=owed
    )
    op.create_table(
        "team_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        _owned("team_notice", "message_id", "outbox"),
        _owned("team_notice", "ticket_id", "ticket"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_notice")),
    )
    for column in ("message_id", "ticket_id"):
        op.create_index(f"ix_team_notice_{column}", "team_notice", [column])
