"""What an hour costs."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_rate_cents")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rate_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_rate_activity_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate")),
    )
    role = sa.table("role", sa.column("id"), sa.column("name"), sa.column("built_in"))
    granted = sa.table("role_permission", *(sa.column(n) for n in ("role_id", "permission", "scope")))
    chosen = sa.select(role.c.id, sa.literal("rate.manage"), sa.literal(3)).where(
        role.c.name == "administrator", role.c.built_in
    )
    op.execute(granted.insert().from_select(["role_id", "permission", "scope"], chosen))
