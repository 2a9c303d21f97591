"""Foundation: people, tickets, the event stream, the full-text index."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = '0001'
down_revision = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_hash', sa.String(64), nullable=False),
    sa.Column('address_hash', sa.String(64), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt'))
    )
    op.create_index('ix_attempt_account_at', 'attempt', ['account_hash', 'at'], unique=False)
    op.create_index('ix_attempt_address_at', 'attempt', ['address_hash', 'at'], unique=False)

    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('subject', sa.String(40), nullable=False),
    sa.Column('field', sa.String(40), nullable=True),
    sa.Column('old', sa.Text(), nullable=True),
    sa.Column('new', sa.Text(), nullable=True),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('behalf_id', sa.Integer(), nullable=True),
    sa.Column('internal', sa.Boolean(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('address', sa.String(64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_event_action', 'event', ['action', 'id'], unique=False)
    op.create_index('ix_event_behalf', 'event', ['ticket_id', 'action'], unique=False, sqlite_where=sa.text('behalf_id IS NOT NULL'), postgresql_where=sa.text('behalf_id IS NOT NULL'))
    op.create_index('ix_event_actor', 'event', ['actor_id', 'id'], unique=False)
    op.create_index('ix_event_at', 'event', ['at'], unique=False)
    op.create_index('ix_event_ticket', 'event', ['ticket_id', 'id'], unique=False)

    op.create_table('lease',
    sa.Column('name', sa.String(40), nullable=False),
    sa.Column('holder', sa.String(64), nullable=False),
    sa.Column('until', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(60), nullable=False),
    sa.Column('built_in', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name'))
    )
    op.create_table('status',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(40), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('todo', 'active', 'blocked', 'paused', 'done')", name=op.f('ck_status_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_status')),
    sa.UniqueConstraint('name', name=op.f('uq_status_name'))
    )
    op.create_table('tag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag')),
    sa.UniqueConstraint('name', name=op.f('uq_tag_name'))
    )
    op.create_table('team',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(80), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('name', name=op.f('uq_team_name'))
    )
    op.create_index('uq_team_default', 'team', ['is_default'], unique=True, sqlite_where=sa.text('is_default'), postgresql_where=sa.text('is_default'))

    op.create_table('category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(80), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['category.id'], name=op.f('fk_category_parent_id')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_category_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('name', name=op.f('uq_category_name'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(254), nullable=False),
    sa.Column('name', sa.String(120), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('password_hash', sa.String(200), nullable=True),
    sa.Column('totp_secret', sa.String(64), nullable=True),
    sa.Column('totp_step', sa.Integer(), nullable=True),
    sa.Column('timezone', sa.String(60), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_person_email_lower')),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_person_role_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email'))
    )
    op.create_index('ix_person_role_id', 'person', ['role_id'], unique=False)

    op.create_table('role_permission',
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('permission', sa.String(40), nullable=False),
    sa.Column('scope', sa.Integer(), nullable=False),
    sa.CheckConstraint('scope BETWEEN 0 AND 3', name=op.f('ck_role_permission_scope')),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_role_permission_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('role_id', 'permission', name=op.f('pk_role_permission'))
    )
    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(80), nullable=False),
    sa.Column('prefix', sa.String(16), nullable=False),
    sa.Column('secret_hash', sa.String(64), nullable=False),
    sa.Column('scope', sa.String(10), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=True),
    sa.Column('expires_at', UtcDateTime(), nullable=True),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_api_token_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_api_token_secret_hash'))
    )
    op.create_index('ix_api_token_person_id', 'api_token', ['person_id'], unique=False)

    op.create_table('draft',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.String(40), nullable=False),
    sa.Column('token', sa.String(64), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_draft_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'slot', name=op.f('pk_draft'))
    )
    op.create_table('membership',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_membership_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'team_id', name=op.f('pk_membership'))
    )
    op.create_index('ix_membership_team_id', 'membership', ['team_id'], unique=False)

    op.create_table('one_time_secret',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('secret_hash', sa.String(64), nullable=False),
    sa.Column('purpose', sa.String(20), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_one_time_secret_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_secret')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_one_time_secret_secret_hash'))
    )
    op.create_index('ix_one_time_secret_expires_at', 'one_time_secret', ['expires_at'], unique=False)
    op.create_index('ix_one_time_secret_person_id', 'one_time_secret', ['person_id'], unique=False)

    op.create_table('receipt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(255), nullable=False),
    sa.Column('fingerprint', sa.String(64), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_receipt_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('person_id', 'key', name=op.f('uq_receipt_person_id_key'))
    )
    op.create_index('ix_receipt_at', 'receipt', ['at'], unique=False)

    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('secret_hash', sa.String(64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.Column('browser', sa.String(200), nullable=False),
    sa.Column('address', sa.String(64), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_sign_in_secret_hash'))
    )
    op.create_index('ix_sign_in_expires_at', 'sign_in', ['expires_at'], unique=False)
    op.create_index('ix_sign_in_person_id', 'sign_in', ['person_id'], unique=False)

    op.create_table('ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(200), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('status_id', sa.Integer(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('requester_id', sa.Integer(), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('confidential', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.Column('first_response_at', UtcDateTime(), nullable=True),
    sa.Column('resolved_at', UtcDateTime(), nullable=True),
    sa.Column('deleted_at', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('priority BETWEEN 1 AND 4', name=op.f('ck_ticket_priority')),
    sa.ForeignKeyConstraint(['assignee_id'], ['person.id'], name=op.f('fk_ticket_assignee_id')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_ticket_category_id')),
    sa.ForeignKeyConstraint(['requester_id'], ['person.id'], name=op.f('fk_ticket_requester_id')),
    sa.ForeignKeyConstraint(['status_id'], ['status.id'], name=op.f('fk_ticket_status_id')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_ticket_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_ticket_assignee_updated', 'ticket', ['assignee_id', 'updated_at', 'id'], unique=False)
    op.create_index('ix_ticket_category_updated', 'ticket', ['category_id', 'updated_at', 'id'], unique=False)
    op.create_index('ix_ticket_created', 'ticket', ['created_at', 'id'], unique=False)
    op.create_index('ix_ticket_open_assignee', 'ticket', ['assignee_id', 'priority', 'updated_at', 'id', 'status_id', 'team_id', 'requester_id', 'confidential', 'deleted_at'], unique=False, sqlite_where=sa.text('open = 1'), postgresql_where=sa.text('open'))
    op.create_index('ix_ticket_open_status', 'ticket', ['status_id', 'team_id', 'created_at', 'assignee_id', 'requester_id', 'confidential', 'deleted_at'], unique=False, sqlite_where=sa.text('open = 1'), postgresql_where=sa.text('open'))
    op.create_index('ix_ticket_open_updated', 'ticket', ['updated_at', 'id'], unique=False, sqlite_where=sa.text('open = 1'), postgresql_where=sa.text('open'))
    op.create_index('ix_ticket_priority', 'ticket', ['priority', 'id'], unique=False)
    op.create_index('ix_ticket_requester_updated', 'ticket', ['requester_id', 'updated_at', 'id'], unique=False)
    op.create_index('ix_ticket_status_updated', 'ticket', ['status_id', 'updated_at', 'id'], unique=False)
    op.create_index('ix_ticket_team_created', 'ticket', ['team_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_ticket_team_number', 'ticket', ['team_id', 'id'], unique=False)
    op.create_index('ix_ticket_team_priority', 'ticket', ['team_id', 'priority', 'id'], unique=False)
    op.create_index('ix_ticket_team_updated', 'ticket', ['team_id', 'updated_at', 'id'], unique=False)
    op.create_index('ix_ticket_unanswered', 'ticket', ['team_id', 'requester_id', 'confidential', 'deleted_at', 'assignee_id'], unique=False, sqlite_where=sa.text('open = 1 AND first_response_at IS NULL'), postgresql_where=sa.text('open AND first_response_at IS NULL'))
    op.create_index('ix_ticket_updated', 'ticket', ['updated_at', 'id', 'created_at', 'first_response_at', 'resolved_at', 'assignee_id', 'team_id', 'requester_id', 'confidential', 'deleted_at'], unique=False)

    op.create_table('comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('internal', sa.Boolean(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('edited_at', UtcDateTime(), nullable=True),
    sa.Column('removed_at', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_comment_author_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_comment_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment'))
    )
    op.create_index('ix_comment_author_id', 'comment', ['author_id'], unique=False)
    op.create_index('ix_comment_said', 'comment', ['ticket_id', 'id', 'author_id'], unique=False, sqlite_where=sa.text('internal = 0 AND removed_at IS NULL'), postgresql_where=sa.text('NOT internal AND removed_at IS NULL'))
    op.create_index('ix_comment_ticket', 'comment', ['ticket_id', 'id'], unique=False)

    op.create_table('participant',
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_participant_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_participant_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ticket_id', 'person_id', name=op.f('pk_participant'))
    )
    op.create_index('ix_participant_person_id', 'participant', ['person_id'], unique=False)

    op.create_table('ticket_tag',
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['tag_id'], ['tag.id'], name=op.f('fk_ticket_tag_tag_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_tag_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ticket_id', 'tag_id', name=op.f('pk_ticket_tag'))
    )
    op.create_index('ix_ticket_tag_tag_id', 'ticket_tag', ['tag_id'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.String(32), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('comment_id', sa.Integer(), nullable=True),
    sa.Column('uploader_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(255), nullable=False),
    sa.Column('type', sa.String(100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('path', sa.String(80), nullable=False),
    sa.Column('preview', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('removed_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_attachment_comment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_attachment_ticket_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['uploader_id'], ['person.id'], name=op.f('fk_attachment_uploader_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('path', name=op.f('uq_attachment_path'))
    )
    op.create_index('ix_attachment_comment_id', 'attachment', ['comment_id'], unique=False)
    op.create_index('ix_attachment_ticket', 'attachment', ['ticket_id', 'comment_id'], unique=False)
    op.create_index('ix_attachment_uploader_id', 'attachment', ['uploader_id'], unique=False)

    op.create_table('search_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=True),
    sa.Column('internal', sa.Boolean(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_search_entry_comment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_search_entry_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_entry')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_search_entry_comment_id', 'search_entry', ['comment_id'], unique=False)
    op.create_index('ix_search_entry_ticket', 'search_entry', ['ticket_id', 'comment_id'], unique=False)
    _index_words()
    _protect_events()


def _index_words() -> None:
    """Make the full-text index that follows search_entry."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("CREATE INDEX ix_search_entry_words ON search_entry USING gin (to_tsvector('simple', words))")
        return
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5("
        "words, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
    )
    gone = "INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.id, old.words);"
    came = "INSERT INTO search_index(rowid, words) VALUES (new.id, new.words);"
    op.execute(f"CREATE TRIGGER search_entry_insert AFTER INSERT ON search_entry BEGIN {came} END")
    op.execute(f"CREATE TRIGGER search_entry_delete AFTER DELETE ON search_entry BEGIN {gone} END")
    op.execute(f"CREATE TRIGGER search_entry_update AFTER UPDATE OF words ON search_entry BEGIN {gone} {came} END")


def _protect_events() -> None:
    """Let the database itself refuse to change or delete what happened."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_no_{deed.lower()} BEFORE {deed} ON event "
                "BEGIN SELECT RAISE(ABORT, 'events are never changed or deleted'); END"
            )
        # REPLACE deletes without firing the trigger above
        op.execute(
            "CREATE TRIGGER event_no_replace BEFORE INSERT ON event "
            "WHEN EXISTS (SELECT 1 FROM event WHERE id = new.id) "
            "BEGIN SELECT RAISE(ABORT, 'events are never changed or deleted'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION event_is_final() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are never changed or deleted'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_is_final()"
    )

