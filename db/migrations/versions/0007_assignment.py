"""Assignment: people's skills and absences, and assignment rules."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "skill",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_skill_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_skill_category_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "category_id", name=op.f("pk_skill")),
    )
    op.create_index("ix_skill_category_id", "skill", ["category_id"])
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_absence_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_person_ends", "absence", ["person_id", "ends_on"])
    op.create_table(
        "assignment_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("last_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(category_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_assignment_rule_one")),
        sa.CheckConstraint("way IN ('manual', 'round_robin', 'least_loaded')", name=op.f("ck_assignment_rule_way")),
        sa.CheckConstraint("cap >= 1", name=op.f("ck_assignment_rule_cap")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_assignment_rule_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_assignment_rule_team_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["last_id"], ["person.id"], name=op.f("fk_assignment_rule_last_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule")),
        sa.UniqueConstraint("category_id", name=op.f("uq_assignment_rule_category_id")),
        sa.UniqueConstraint("team_id", name=op.f("uq_assignment_rule_team_id")),
    )
