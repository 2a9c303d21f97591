"""A team that says what may go to Slack of its tickets without having a channel there."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("slack_place") as batch:
        batch.drop_constraint(op.f("ck_slack_place_one"), type_="check")
        batch.create_check_constraint(op.f("ck_slack_place_one"), "channel IS NULL OR webhook IS NULL")
