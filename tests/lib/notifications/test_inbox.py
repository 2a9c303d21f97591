"""The inbox: your own notifications that you may still see, which you can read and snooze."""

from datetime import timedelta

import pytest

from lib.audit import change_feed
from lib.core import clock
from lib.core.errors import Invalid, NotFound
from lib.notifications import inbox
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.lib.audit.test_change_feed import heard


def mine(actor, **more):
    with see() as session:
        return inbox.list_notifications(session, actor, **more)


def unread(actor):
    with see() as session:
        return inbox.count_unread(session, actor)


def do(actor, verb, *what, **more):
    with act() as session:
        verb(session, actor, *what, **more)


def test_a_notice_says_who_did_what_where(desk):
    number = cast.create_ticket(desk.sam, "Lights flicker")
    said = cast.add_comment(desk.rita, number, "An electrician\n\nis coming")
    first = mine(desk.sam)[0]
    assert (first.actor, first.sentence, first.title) == ("Rita Sosa", "replied", "Lights flicker")
    assert first.excerpt == "An electrician is coming"
    assert first.path == f"/ticket?id={number}&comment={said}"
    cast.add_comment(desk.rita, number, "@Sam Reed are you there?")
    assert mine(desk.sam)[0].sentence == "mentioned you"


def test_reading_one_and_all(desk):
    number = cast.create_ticket(desk.sam)
    for _ in range(3):
        cast.add_comment(desk.rita, number, "Hello")
    newest, *_ = mine(desk.sam)
    do(desk.sam, inbox.mark_read, newest.id)
    assert unread(desk.sam) == 2
    do(desk.sam, inbox.mark_unread, newest.id)
    assert unread(desk.sam) == 3
    cast.add_comment(desk.rita, number, "Later")
    do(desk.sam, inbox.mark_all_read, until=newest.id)
    assert unread(desk.sam) == 1
    assert len(mine(desk.sam)) == 4 and len(mine(desk.sam, only_unread=True)) == 1


def test_a_snoozed_notification_comes_back_by_itself(desk):
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    notice = mine(desk.sam)[0]
    do(desk.sam, inbox.snooze, notice.id, until=clock.now() + timedelta(hours=1))
    assert unread(desk.sam) == 0
    with clock.travel_to(clock.now() + timedelta(hours=2)):
        assert unread(desk.sam) == 1
    for wrong in (clock.now() - timedelta(hours=1), clock.now() + timedelta(days=800)):
        with pytest.raises(Invalid):
            do(desk.sam, inbox.snooze, notice.id, until=wrong)


def test_a_notice_is_its_person_s_alone(desk):
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    notice = mine(desk.sam)[0]
    for verb in (inbox.mark_read, inbox.mark_unread):
        with pytest.raises(NotFound):
            do(desk.bob, verb, notice.id)
    do(desk.bob, inbox.mark_all_read, until=notice.id)
    assert unread(desk.sam) == 1


def test_whoever_may_no_longer_see_it_has_no_notice_of_it(desk):
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "@Arun Das between us", internal=True)
    before = unread(desk.arun)
    with act() as session:
        tickets.find(session, desk.ada, number).team_id = desk.facilities
    assert before - unread(desk.arun) == 2
    assert all(card.ticket != number for card in mine(desk.arun))


def test_the_bell_hears_of_one_s_own_notices_alone(desk):
    number = cast.create_ticket(desk.sam)
    assert heard(desk.sam, change_feed.NOTIFICATIONS, lambda: cast.add_comment(desk.rita, number, "Hello"))
    assert not heard(
        desk.bob, change_feed.NOTIFICATIONS, lambda: cast.add_comment(desk.rita, number, "Hello")
    )
    assert not heard(
        desk.sam, change_feed.NOTIFICATIONS, lambda: cast.add_comment(desk.rita, number, "Hm", internal=True)
    )
    with see() as session:
        topic = change_feed.find_topic(session, desk.sam, change_feed.NOTIFICATIONS)
        assert change_feed.newest_id(session, topic) == mine(desk.sam)[0].event_id
