"""An index for how many tickets of a category a team has."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index("ix_ticket_team_category", "ticket", ["team_id", "category_id"])
