"""The rules of notices as this desk has them, where they differ from those that came with Docket."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "notice_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("own", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_notice_rules_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_rules")),
    )
