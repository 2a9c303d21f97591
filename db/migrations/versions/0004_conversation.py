"""The conversation: who is there, mentions, watching, what was seen, and canned replies."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0004"
down_revision = "0002"


def _owned(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "presence",
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("doing", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("doing IN ('looking', 'replying', 'noting')", name=op.f("ck_presence_doing")),
        _owned("presence", "person_id", "person"),
        _owned("presence", "ticket_id", "ticket"),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_person_id", "presence", ["person_id"])
    op.create_index("ix_presence_ticket_id", "presence", ["ticket_id"])
    op.create_table(
        "mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _owned("mention", "comment_id", "comment"),
        _owned("mention", "person_id", "person"),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_person_id", "mention", ["person_id"])
    op.create_table(
        "watch",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("watching", sa.Boolean(), nullable=False),
        _owned("watch", "ticket_id", "ticket"),
        _owned("watch", "person_id", "person"),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name=op.f("pk_watch")),
    )
    op.create_index("ix_watch_person_id", "watch", ["person_id"])
    op.create_table(
        "seen",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _owned("seen", "person_id", "person"),
        _owned("seen", "ticket_id", "ticket"),
        sa.PrimaryKeyConstraint("person_id", "ticket_id", name=op.f("pk_seen")),
    )
    op.create_index("ix_seen_ticket_id", "seen", ["ticket_id"])
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_canned_reply_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
    )
    op.create_index("ix_canned_reply_team_id", "canned_reply", ["team_id"])
