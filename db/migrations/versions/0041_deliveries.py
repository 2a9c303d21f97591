"""Call the queue of outgoing messages delivery, and link its messages to notifications whatever their channel."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0041"
down_revision = "0040"

OWED = "done_at IS NULL AND parked_at IS NULL"
INDEXES = {
    "due": (["medium", "due_at"], OWED),
    "owed": (["person_id", "ticket_id", "medium"], OWED),
    "team": (["team_id", "ticket_id"], f"{OWED} AND team_id IS NOT NULL"),
    "done_at": (["done_at"], None),
    "parked_at": (["parked_at"], None),
}
COLUMNS = (
    "id, medium, sort, person_id, team_id, ticket_id, created_at, due_at, attempts, claimed_by, done_at, parked_at, "
    "empty, error"
)


def upgrade() -> None:
    """Bring the schema forward; every message keeps its number, which is part of its Message-ID."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        _rename()
    op.create_table(
        "delivery_notice",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        _owned("delivery_notice", "delivery_id", "delivery"),
        _owned("delivery_notice", "notice_id", "notice"),
        sa.PrimaryKeyConstraint("delivery_id", "notice_id", name=op.f("pk_delivery_notice")),
    )
    for column in ("mail_id", "slack_id"):
        op.execute(
            "INSERT INTO delivery_notice (delivery_id, notice_id) "
            f"SELECT delivery.id, notice.id FROM notice JOIN delivery ON delivery.id = notice.{column}"
        )
        op.drop_index(f"ix_notice_{column}", "notice")
        op.drop_column("notice", column)
    op.create_index("ix_delivery_notice_notice_id", "delivery_notice", ["notice_id"])


def _owned(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=name, ondelete="CASCADE")


def _rename() -> None:
    op.rename_table("outbox", "delivery")
    op.execute("ALTER SEQUENCE outbox_id_seq RENAME TO delivery_id_seq")
    for name in ("pk_{}", "fk_{}_person_id", "fk_{}_team_id", "fk_{}_ticket_id", "ck_{}_attempts", "ck_{}_whose"):
        op.execute(
            f"ALTER TABLE delivery RENAME CONSTRAINT {name.format('outbox')} TO {name.format('delivery')}"
        )
    for name in INDEXES:
        op.execute(f"ALTER INDEX ix_outbox_{name} RENAME TO ix_delivery_{name}")


def _rebuild() -> None:
    """Do the same on SQLite, which renames no constraints."""
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(64), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("parked_at", UtcDateTime(), nullable=True),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(300), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts")),
        sa.CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_delivery_whose")),
        _owned("delivery", "person_id", "person"),
        _owned("delivery", "team_id", "team"),
        _owned("delivery", "ticket_id", "ticket"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO delivery ({COLUMNS}) SELECT {COLUMNS} FROM outbox")
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'delivery'")
    op.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'delivery', seq FROM sqlite_sequence WHERE name = 'outbox'"
    )
    with op.batch_alter_table("team_notice") as batch:
        batch.drop_constraint("fk_team_notice_message_id", type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_team_notice_message_id"), "delivery", ["message_id"], ["id"], ondelete="CASCADE"
        )
    op.drop_table("outbox")
    for name, (columns, where) in INDEXES.items():
        some = {"sqlite_where": sa.text(where)} if where else {}
        op.create_index(f"ix_delivery_{name}", "delivery", columns, **some)
