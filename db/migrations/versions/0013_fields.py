"""Custom fields, who may read and write them, and their values."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def _of(table: str, column: str, other: str, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "custom_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('text', 'number', 'date', 'choice', 'person')", name=op.f("ck_custom_field_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field")),
        sa.UniqueConstraint("key", name=op.f("uq_custom_field_key")),
    )
    op.create_table(
        "custom_field_category",
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        _of("custom_field_category", "field_id", "custom_field"),
        _of("custom_field_category", "category_id", "category"),
        sa.PrimaryKeyConstraint("field_id", "category_id", name=op.f("pk_custom_field_category")),
    )
    op.create_index("ix_custom_field_category_category_id", "custom_field_category", ["category_id"])
    op.create_table(
        "custom_field_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        _of("custom_field_choice", "field_id", "custom_field"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field_choice")),
    )
    op.create_index("ix_custom_field_choice_field_id", "custom_field_choice", ["field_id"])
    op.create_table(
        "custom_field_role",
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("access", sa.Integer(), nullable=False),
        _of("custom_field_role", "field_id", "custom_field"),
        _of("custom_field_role", "role_id", "role"),
        sa.PrimaryKeyConstraint("field_id", "role_id", name=op.f("pk_custom_field_role")),
    )
    op.create_index("ix_custom_field_role_role_id", "custom_field_role", ["role_id"])
    op.create_table(
        "custom_field_value",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("folded", sa.String(200), nullable=True),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("choice_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        _of("custom_field_value", "ticket_id", "ticket"),
        _of("custom_field_value", "field_id", "custom_field"),
        _of("custom_field_value", "choice_id", "custom_field_choice", None),
        _of("custom_field_value", "person_id", "person", None),
        sa.PrimaryKeyConstraint("ticket_id", "field_id", name=op.f("pk_custom_field_value")),
    )
    op.create_index("ix_custom_field_value_number", "custom_field_value", ["field_id", "number"])
    op.create_index("ix_custom_field_value_day", "custom_field_value", ["field_id", "day"])
    op.create_index("ix_custom_field_value_folded", "custom_field_value", ["field_id", "folded"])
    op.create_index("ix_custom_field_value_choice_id", "custom_field_value", ["choice_id"])
    op.create_index("ix_custom_field_value_person_id", "custom_field_value", ["person_id"])
