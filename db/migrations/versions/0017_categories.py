"""Categories: an order, a priority to begin with, one default, and proposals that wait for an answer."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("category", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("category", sa.Column("priority", sa.Integer(), nullable=True))
    op.create_index(
        "uq_category_default", "category", ["is_default"], unique=True,
        sqlite_where=sa.text("is_default"), postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "category_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_category_proposal_ticket_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_category_proposal_category_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_category_proposal_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_proposal")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_category_proposal_ticket_id")),
    )
