"""Canned replies are kept by managers and administrators; agents use them."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the data forward."""
    op.execute(
        "DELETE FROM role_permission WHERE permission = 'template.manage' "
        "AND role_id IN (SELECT id FROM role WHERE name = 'agent' AND built_in)"
    )
