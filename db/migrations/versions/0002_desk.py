"""The desk: order on the board, due dates, links between tickets, and a workflow for each role."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("status", sa.Column("asks_reason", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("status", sa.Column("limit", sa.Integer(), nullable=True))
    op.add_column("status", sa.Column("retired", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("ticket", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("ticket", sa.Column("rank", sa.Float(), nullable=False, server_default="0"))
    op.execute("UPDATE ticket SET rank = -id")
    op.create_index("ix_ticket_status_rank", "ticket", ["status_id", "rank", "id"])
    op.create_index("ix_ticket_team_status_rank", "ticket", ["team_id", "status_id", "rank", "id"])
    op.add_column("event", sa.Column("reason", sa.Text(), nullable=True))
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_link_two")),
        sa.ForeignKeyConstraint(["source_id"], ["ticket.id"], name=op.f("fk_link_source_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["target_id"], ["ticket.id"], name=op.f("fk_link_target_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("kind", "source_id", "target_id", name=op.f("uq_link_kind_source_id_target_id")),
    )
    op.create_index("ix_link_source_id", "link", ["source_id"])
    op.create_index("ix_link_target_id", "link", ["target_id"])
    op.create_table(
        "transition",
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("asks_reason", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_transition_role_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["from_id"], ["status.id"], name=op.f("fk_transition_from_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["to_id"], ["status.id"], name=op.f("fk_transition_to_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("role_id", "from_id", "to_id", name=op.f("pk_transition")),
    )
