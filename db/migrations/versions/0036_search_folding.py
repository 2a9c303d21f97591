"""Remember which texts are still indexed without pairs of letters and codes; the worker indexes them anew."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "search_folding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("below", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_folding")),
    )
    op.execute("INSERT INTO search_folding (id, below) SELECT 1, coalesce(max(id) + 1, 0) FROM search_entry")
