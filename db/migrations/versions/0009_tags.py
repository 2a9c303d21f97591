"""Tags are one whatever their case and accents: each has a key, and those with the same key become one."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("tag", sa.Column("key", sa.String(160), nullable=False, server_default=""))
    connection = op.get_bind()
    first: dict[str, int] = {}
    for id, name in connection.execute(sa.text("SELECT id, name FROM tag ORDER BY id")).all():
        kept = first.setdefault(_key(name), id)
        if kept == id:
            connection.execute(
                sa.text("UPDATE tag SET key = :key WHERE id = :id"), {"key": _key(name), "id": id}
            )
            continue
        both = {"kept": kept, "gone": id}
        connection.execute(
            sa.text(
                "DELETE FROM ticket_tag WHERE tag_id = :gone AND ticket_id IN "
                "(SELECT ticket_id FROM ticket_tag WHERE tag_id = :kept)"
            ),
            both,
        )
        connection.execute(sa.text("UPDATE ticket_tag SET tag_id = :kept WHERE tag_id = :gone"), both)
        connection.execute(sa.text("DELETE FROM tag WHERE id = :gone"), both)
    op.create_index("ix_tag_key", "tag", ["key"], unique=True)
