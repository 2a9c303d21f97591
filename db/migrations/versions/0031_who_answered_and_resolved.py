"""Keep with each comment whether staff of the ticket wrote it, and with each ticket who held it when it was answered and
resolved, so that reports neither depend on who is in which team today nor on who has the ticket now."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

WORKS = """EXISTS (
    SELECT 1 FROM person JOIN role_permission ON role_permission.role_id = person.role_id
    WHERE person.id = {person} AND role_permission.permission = 'comment.read_internal'
    AND (role_permission.scope = 3 OR role_permission.scope = 2 AND EXISTS (
        SELECT 1 FROM membership WHERE membership.person_id = person.id AND membership.team_id = ticket.team_id)))"""
"""That a person works a ticket today: who did at the time is not known."""
_ASSIGNED = "SELECT COALESCE({which}, '0') FROM event WHERE event.ticket_id = ticket.id AND action = 'ticket.assigned'"
HELD = f"""CAST(NULLIF(COALESCE(
    ({_ASSIGNED.format(which="new")} AND event.at <= {{at}} ORDER BY event.id DESC LIMIT 1),
    ({_ASSIGNED.format(which="old")} AND event.at > {{at}} ORDER BY event.id LIMIT 1),
    CAST(COALESCE(ticket.assignee_id, ticket.former_assignee_id) AS TEXT)), '0') AS INTEGER)"""
"""The assignee at a time, as the events tell."""


def upgrade() -> None:
    """Bring the schema forward."""
    for table, name in (("comment", "by_staff"), ("ticket", "staff_opened")):
        op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    for table, name in (
        ("comment", "assignee_id"), ("ticket", "responder_id"), ("ticket", "resolver_id"), ("ticket_merge", "resolver_id"),
    ):  # fmt: skip
        op.add_column(table, sa.Column(name, sa.Integer(), nullable=True))
    _fill()
    _index()
    op.drop_column("ticket_merge", "first_response_at")


def _fill() -> None:
    works = WORKS.format(person="comment.author_id")
    op.execute(f"""
        UPDATE comment SET by_staff = true, assignee_id = {HELD.format(at="comment.created_at")} FROM ticket
        WHERE ticket.id = comment.ticket_id AND comment.author_id <> ticket.requester_id
        AND ({works} OR NOT comment.internal AND comment.created_at = ticket.first_response_at)""")
    op.execute(f"""
        UPDATE ticket SET staff_opened = true WHERE {WORKS.format(person="ticket.requester_id")} OR EXISTS (
        SELECT 1 FROM event WHERE event.ticket_id = ticket.id AND action = 'ticket.created' AND behalf_id IS NOT NULL)""")
    for which, at in (("responder_id", "first_response_at"), ("resolver_id", "resolved_at")):
        op.execute(f"UPDATE ticket SET {which} = {HELD.format(at=at)} WHERE {at} IS NOT NULL")


def _index() -> None:
    for name, table in (
        ("ix_ticket_updated", "ticket"), ("ix_ticket_unanswered", "ticket"), ("ix_comment_said", "comment"),
    ):  # fmt: skip
        op.drop_index(name, table)
    facts = ["team_id", "requester_id", "confidential", "deleted_at"]
    op.create_index(
        "ix_ticket_updated", "ticket",
        ["updated_at", "id", "created_at", "first_response_at", "resolved_at", "assignee_id", "staff_opened", *facts],
    )  # fmt: skip
    op.create_index(
        "ix_ticket_unanswered", "ticket", [*facts, "assignee_id"],
        sqlite_where=sa.text("open = 1 AND first_response_at IS NULL AND staff_opened = 0"),
        postgresql_where=sa.text("open AND first_response_at IS NULL AND NOT staff_opened"),
    )  # fmt: skip
    op.create_index(
        "ix_comment_said", "comment", ["ticket_id", "created_at", "id", "by_staff"],
        sqlite_where=sa.text("internal = 0 AND removed_at IS NULL"),
        postgresql_where=sa.text("NOT internal AND removed_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_ticket_responder", "ticket", ["responder_id", "first_response_at"])
    op.create_index("ix_ticket_resolver", "ticket", ["resolver_id", "resolved_at"])
