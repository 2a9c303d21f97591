"""What the worker throws away, and what it keeps."""

from datetime import timedelta

import pytest
from sqlmodel import col, delete, func, select

from commands.shell import invitations
from db.models import Attachment, Attempt, Draft, Message, Notice, OneTimeSecret, Receipt, SignIn
from db.vocabulary import MessageKind, NotificationChannel, Purpose, Source
from lib import transactions
from lib.audit import idempotency
from lib.conversation import attachments, drafts
from lib.core import clock, settings
from lib.core.errors import NotFound
from lib.identity import login_attempts, one_time_tokens, sessions
from lib.integrations import storage
from lib.people import accounts
from lib.tickets import tickets
from tests import cast
from tests.support.unscoped import UNSCOPED
from worker import cleanup

pytestmark = pytest.mark.both_databases("tidying is SQL in each database's dialect")


DAY = timedelta(days=1)


@pytest.fixture
def sam(engine):
    invitations.invite("sam@example.org", "Sam", "requester", ())
    with transactions.see() as session:
        person = accounts.find_by_email(session, "sam@example.org")
        return sessions.build_actor(session, person, "requester", channel=Source.PAGE)


def count(model):
    with transactions.see() as session:
        return session.exec(select(func.count()).select_from(model).execution_options(**UNSCOPED)).one()


def upload(actor, data=b"some words in a file"):
    found = attachments.examine("notes.txt", data)
    storage.put(found.path, data)
    storage.put(attachments.thumbnail_path(found.path), b"preview")
    with transactions.act() as session:
        return attachments.create(session, actor, found)


def there(row):
    return storage.get(row.path) is not None


def live(session, sam):
    """Leave one of everything that runs out."""
    person = accounts.find_by_email(session, sam.email)
    sessions.start(session, person, browser="", address="")
    one_time_tokens.create(session, Purpose.HANDOFF, person_id=sam.id)
    login_attempts.record(session, sam.email, address="127.0.0.1")
    idempotency.run_once(session, sam, "key", fingerprint="x", create=lambda: "done")


def test_what_still_works_is_kept(sam):
    with transactions.act() as session:
        live(session, sam)
    cleanup.delete_expired()
    assert [count(m) for m in (SignIn, Attempt, Receipt)] == [1, 1, 1]
    assert count(OneTimeSecret) == 2  # the hand-off, and the invitation


def test_what_ran_out_is_forgotten(sam):
    with transactions.act() as session, clock.travel_to(clock.now() - 8 * DAY):
        live(session, sam)
    cleanup.delete_expired()
    assert [count(m) for m in (SignIn, Attempt, Receipt)] == [0, 0, 0]
    assert count(OneTimeSecret) == 1


def test_a_session_that_was_ended_is_forgotten_a_day_later(sam, monkeypatch):
    monkeypatch.setenv("DOCKET_SESSION_HOURS", "720")
    monkeypatch.setenv("DOCKET_SESSION_IDLE_MINUTES", "1440")
    settings.current.cache_clear()
    with transactions.act() as session:
        live(session, sam)
        live(session, sam)
        sessions.end(
            session,
            sessions.start(session, accounts.find_by_email(session, sam.email), browser="", address=""),
        )
    with clock.travel_to(clock.now() + timedelta(hours=25)):
        cleanup.delete_expired()
    assert count(SignIn) == 2


def test_drafts_wait_for_ninety_days(sam):
    for slot, age in (("new-ticket", 89), ("ticket-1", 91)):
        with clock.travel_to(clock.now() - age * DAY), transactions.act() as session:
            drafts.save(session, sam, slot, token="t" * 16, values={"title": "x"})
    cleanup.delete_old_drafts()
    with transactions.see() as session:
        assert session.exec(select(Draft.slot)).all() == ["new-ticket"]


def test_an_upload_that_nothing_took_goes_after_a_week(sam):
    with clock.travel_to(clock.now() - 8 * DAY):
        old = upload(sam)
    fresh = upload(sam)
    cleanup.delete_removed_files()
    assert [there(old), there(fresh)] == [False, True]
    assert storage.get(attachments.thumbnail_path(old.path)) is None
    assert count(Attachment) == 1


def test_a_file_on_a_ticket_stays_until_it_is_removed(sam):
    with clock.travel_to(clock.now() - 8 * DAY):
        row = upload(sam)
        with transactions.act() as session:
            ticket = tickets.create(session, sam, title="With a file", files=[row.id])
    cleanup.delete_removed_files()
    assert there(row)
    with clock.travel_to(ticket.created_at + timedelta(minutes=1)), transactions.act() as session:
        attachments.remove(session, sam, attachments.get(session, sam, row.id))
    cleanup.delete_removed_files()
    assert not there(row)
    assert count(Attachment) == 0


def test_bytes_that_no_row_holds_go_after_a_day(sam):
    held, stray, foreign = upload(sam), f"{'0a' * 16}.bin", "logo.png"
    for path in (stray, attachments.thumbnail_path(stray), foreign):
        storage.put(path, b"bytes")
    cleanup.delete_orphaned_files()
    assert storage.get(stray) == b"bytes", "an upload may still be on its way"
    with clock.travel_to(clock.now() + 2 * DAY):
        cleanup.delete_orphaned_files()
    assert storage.get(stray) is None and storage.get(attachments.thumbnail_path(stray)) is None
    assert there(held) and storage.get(attachments.thumbnail_path(held.path)) and storage.get(foreign)


def test_more_files_than_one_batch_go_in_one_tick(sam, monkeypatch):
    monkeypatch.setattr(cleanup, "BATCH_SIZE", 2)
    with clock.travel_to(clock.now() - 8 * DAY):
        for _ in range(5):
            upload(sam)
    cleanup.delete_removed_files()
    assert count(Attachment) == 0


def test_a_tick_that_breaks_off_hides_the_file_and_the_next_one_goes_on(sam, monkeypatch):
    with clock.travel_to(clock.now() - 8 * DAY):
        row = upload(sam)
    with monkeypatch.context() as broken:
        broken.setattr(storage, "delete", lambda _path: (_ for _ in ()).throw(OSError("the store is away")))
        with pytest.raises(OSError, match="away"):
            cleanup.delete_removed_files()
    with pytest.raises(NotFound), transactions.see() as session:
        attachments.get(session, sam, row.id)
    with pytest.raises(NotFound), transactions.act() as session:
        tickets.create(session, sam, title="Too late", files=[row.id])
    assert there(row)
    cleanup.delete_removed_files()
    assert not there(row)
    assert count(Attachment) == 0


def test_forgetting_spares_a_file_that_is_in_use(sam):
    row = upload(sam)
    with transactions.act() as session:
        attachments.purge(session, [row.id])
    with transactions.see() as session:
        assert session.exec(select(col(Attachment.id)).execution_options(**UNSCOPED)).all() == [row.id]


def test_what_was_sent_or_read_long_ago_is_forgotten_and_what_waits_is_kept(desk, monkeypatch):
    monkeypatch.setattr(cleanup, "BATCH_SIZE", 2)
    number, now = cast.create_ticket(desk.sam), clock.now()
    old, new = now - 91 * DAY, now - 89 * DAY
    with transactions.act() as session:
        session.exec(delete(Notice).execution_options(**UNSCOPED))
        more = {
            "medium": NotificationChannel.MAIL,
            "sort": MessageKind.TICKET,
            "person_id": desk.sam.id,
            "ticket_id": number,
        }
        session.add_all(Message(created_at=old, due_at=old, done_at=old, **more) for _ in range(5))
        kept = [{"done_at": new}, {}, {"parked_at": old}]
        session.add_all(Message(created_at=old, due_at=old, **more, **state) for state in kept)
        long, late = now - 271 * DAY, now - 269 * DAY
        about = {
            "person_id": desk.sam.id,
            "ticket_id": number,
            "occasion": "replied",
            "relation": "requester",
        }
        ways = [
            {"read_at": long}, {"read_at": long}, {"read_at": long}, {"listed": False},
            {"read_at": late}, {},
        ]  # fmt: skip
        session.add_all(Notice(event_id=1000 + n, at=long, **about, **way) for n, way in enumerate(ways))
    cleanup.delete_old_notifications()
    assert count(Message) == 3 and count(Notice) == 2
    cleanup.delete_old_notifications()
    assert count(Message) == 3 and count(Notice) == 2


def test_how_long_is_a_setting(desk, monkeypatch):
    monkeypatch.setenv("DOCKET_MESSAGE_DAYS", "1")
    settings.current.cache_clear()
    at = clock.now() - 2 * DAY
    with transactions.act() as session:
        session.add(
            Message(
                medium=NotificationChannel.MAIL,
                sort=MessageKind.TRIAL,
                person_id=desk.sam.id,
                created_at=at,
                due_at=at,
                done_at=at,
            )
        )
    cleanup.delete_old_notifications()
    assert count(Message) == 0
