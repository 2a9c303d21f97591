"""Keep each name without accents too, so that people are found however they are typed."""

import sqlalchemy as sa
from alembic import op

from lib.core import folding

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("person", sa.Column("folded", sa.String(600), nullable=False, server_default=""))
    op.create_index("ix_person_folded", "person", ["folded"])
    person = sa.table("person", sa.column("id"), sa.column("name"), sa.column("folded"))
    connection = op.get_bind()
    rows = [
        {"row": id, "made": folding.fold_name(name)} for id, name in connection.execute(sa.select(person.c.id, person.c.name))
    ]
    if rows:
        written = sa.update(person).where(person.c.id == sa.bindparam("row")).values(folded=sa.bindparam("made"))
        connection.execute(written, rows)
