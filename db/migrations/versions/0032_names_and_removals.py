"""Names that differ only in case, accents or blanks become distinct, deleted categories keep theirs, removed rates stay.

Of names that are the same the oldest stays, and each later one gets a number: "Network (2)".
"""

import unicodedata
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0032"
down_revision = "0031"

BUILT_IN = frozenset(
    {"number", "title", "description", "status", "kind", "priority", "category", "team", "requester", "assignee", "tag"}
    | {"tags", "confidential", "created", "created at", "updated", "updated at", "responded", "first response"}
    | {"first response at", "resolved", "resolved at", "due", "due on", "due date", "estimate", "spent", "version"}
    | {"is", "field", "fields", "copy", "participants", "watchers", "comments", "attachments", "links"}
)  # fmt: skip
NAMES = (
    ("category", "SELECT id, name, parent_id FROM category WHERE NOT retired ORDER BY id", 80, "category"),
    ("team", "SELECT id, name, 0 FROM team ORDER BY id", 80, "team"),
    ("status", "SELECT id, name, 0 FROM status ORDER BY is_merged DESC, retired, id", 40, "status"),
    ("canned_reply", "SELECT id, name, team_id FROM canned_reply ORDER BY id", 80, "canned_reply"),
    ("custom_field", "SELECT id, name, 0 FROM custom_field WHERE NOT retired ORDER BY id", 40, "field"),
)
"""Each table with what to read of it (the third column: within what a name is unique), its limit, and its event."""


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("category") as batch:
        batch.drop_constraint("uq_category_name", type_="unique")
    op.add_column("rate", sa.Column("removed_at", UtcDateTime(), nullable=True))
    connection = op.get_bind()
    for id, name in connection.execute(sa.text("SELECT id, name FROM category WHERE retired")).all():
        suffix = f" (deleted {id})"
        if name.endswith(suffix):
            _write(connection, "category", id, name.removesuffix(suffix))
    for table, chosen, limit, subject in NAMES:
        rows = connection.execute(sa.text(chosen)).all()
        taken = {(within, _key(name)) for _, name, within in rows}
        seen = {(0, word) for word in BUILT_IN} if table == "custom_field" else set()
        for id, name, within in rows:
            if (within, _key(name)) not in seen:
                seen.add((within, _key(name)))
                continue
            fresh = _fresh(name, {key for place, key in taken if place == within}, limit)
            taken.add((within, _key(fresh)))
            seen.add((within, _key(fresh)))
            _write(connection, table, id, fresh)
            _record(connection, subject, id, name, fresh)


def _fresh(name: str, taken: set[str], limit: int) -> str:
    number = 2
    while _key(made := f"{name[: limit - len(f' ({number})')].rstrip()} ({number})") in taken:
        number += 1
    return made


def _write(connection: sa.Connection, table: str, id: int, name: str) -> None:
    row = sa.table(table, sa.column("id"), sa.column("name"))
    connection.execute(sa.update(row).where(row.c.id == id).values(name=name))


def _record(connection: sa.Connection, subject: str, id: int, old: str, new: str) -> None:
    event = sa.table(
        "event", sa.column("at", UtcDateTime()), sa.column("internal", sa.Boolean()),
        *(sa.column(name) for name in ("action", "subject", "field", "old", "new", "channel")),
    )  # fmt: skip
    told = {
        "at": datetime.now(UTC), "internal": False, "action": f"{subject}.changed", "subject": f"{subject}:{id}",
        "field": "name", "old": old, "new": new, "channel": "command",
    }  # fmt: skip
    connection.execute(sa.insert(event).values(told))
