"""Merging: what a ticket took along into another, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0006"
down_revision = "0004"

SAID = {
    "sqlite_where": sa.text("internal = 0 AND removed_at IS NULL"),
    "postgresql_where": sa.text("NOT internal AND removed_at IS NULL"),
}
NOW = {"sqlite_where": sa.text("undone_at IS NULL"), "postgresql_where": sa.text("undone_at IS NULL")}


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("status", sa.Column("is_merged", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("ticket", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.add_column("comment", sa.Column("came_from", sa.Integer(), nullable=True))
    op.add_column("attachment", sa.Column("came_from", sa.Integer(), nullable=True))
    op.drop_index("ix_comment_said", table_name="comment")
    op.create_index("ix_comment_said", "comment", ["ticket_id", "created_at", "id", "author_id"], **SAID)
    op.create_table(
        "ticket_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("status_id", sa.Integer(), nullable=False),
        sa.Column("first_response_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("confided", sa.Boolean(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["ticket.id"], name=op.f("fk_ticket_merge_source_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["ticket.id"], name=op.f("fk_ticket_merge_target_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_ticket_merge_actor_id")),
        sa.ForeignKeyConstraint(["status_id"], ["status.id"], name=op.f("fk_ticket_merge_status_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_merge")),
    )
    op.create_index("ix_ticket_merge_now", "ticket_merge", ["source_id"], unique=True, **NOW)
    op.create_index("ix_ticket_merge_target_id", "ticket_merge", ["target_id"])
