"""An index for reports of hours by what the ticket says together with who worked and how."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index(
        "ix_time_entry_worked", "time_entry",
        ["ticket_id", "worker_id", "activity_id", "billable", "day", "minutes", "removed_at"],
    )  # fmt: skip
