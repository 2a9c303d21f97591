"""Keep what administrators choose for the whole desk, each version of it."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0040"
down_revision = "0039"

FINAL = "versions of settings are never changed or deleted"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_setting_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_setting_version")),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER setting_no_{deed.lower()} BEFORE {deed} ON setting "
                f"BEGIN SELECT RAISE(ABORT, '{FINAL}'); END"
            )
        # REPLACE deletes without firing the trigger above
        op.execute(
            "CREATE TRIGGER setting_no_replace BEFORE INSERT ON setting "
            "WHEN EXISTS (SELECT 1 FROM setting WHERE id = new.id OR (name = new.name AND version = new.version)) "
            f"BEGIN SELECT RAISE(ABORT, '{FINAL}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION setting_is_final() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{FINAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER setting_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON setting "
        "FOR EACH STATEMENT EXECUTE FUNCTION setting_is_final()"
    )
