"""An index that tells whose a text is, so that what a search matches is gathered without reading the words."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index("ix_search_entry_place", "search_entry", ["id", "ticket_id", "internal"])
