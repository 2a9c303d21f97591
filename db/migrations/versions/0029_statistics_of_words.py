"""Let PostgreSQL know how many texts hold each of the 5,000 most usual words, from which a search chooses its way."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Bring the schema forward."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX ix_search_entry_words ALTER COLUMN 1 SET STATISTICS 500")
        op.execute("ANALYZE search_entry")
