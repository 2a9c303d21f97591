"""People choose their notifications, channels and times; administrators see failed messages."""

from datetime import UTC, datetime
from functools import partial

import pytest

from db.models import Message, NotificationSchedule
from db.vocabulary import MessageKind, NotificationChannel, NotificationType, RecipientReason
from lib.core import clock
from lib.core.errors import Invalid, NotPermitted
from lib.notifications import default_rules, preferences, queue_admin, unsubscribe
from lib.notifications.delivery import schedule
from lib.notifications.preferences import DeliverySchedule
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

MINE = (NotificationType.REPLIED, RecipientReason.REQUESTER)


def of(actor):
    with see() as session:
        return preferences.get_channels(session, actor)


def test_what_is_chosen_holds_and_the_rest_follows_the_rules(desk):
    assert (
        of(desk.sam)[MINE]
        == default_rules.channels_for(*MINE)
        == {NotificationChannel.DOCKET, NotificationChannel.MAIL}
    )
    with act() as session:
        preferences.set_channels(session, desk.sam, {MINE: frozenset({NotificationChannel.DOCKET})})
    assert of(desk.sam)[MINE] == {NotificationChannel.DOCKET}
    assert of(desk.bob)[MINE] == default_rules.channels_for(*MINE)
    with act() as session:
        preferences.set_channels(session, desk.sam, {MINE: default_rules.channels_for(*MINE)})
    assert of(desk.sam)[MINE] == default_rules.channels_for(*MINE)


def test_a_requester_is_offered_nothing_internal(desk):
    assert all(o != NotificationType.NOTED and r != RecipientReason.ASSIGNEE for o, r in of(desk.sam))
    with pytest.raises(Invalid), act() as session:
        preferences.set_channels(
            session, desk.sam, {(NotificationType.NOTED, RecipientReason.WATCHER): frozenset()}
        )


@pytest.mark.parametrize(
    "wrong",
    [DeliverySchedule(days=frozenset()), DeliverySchedule(hours=3), DeliverySchedule(quiet_from=1440)],
)
def test_times_that_are_none_are_refused(desk, wrong):
    with pytest.raises(Invalid), act() as session:
        preferences.set_schedule(session, desk.sam, wrong, zone=None)


def test_a_habit_is_kept_with_the_zone_it_was_meant_in(desk):
    chosen = DeliverySchedule(quiet_from=1140, quiet_until=420, days=frozenset(range(5)), hours=24)
    with act() as session:
        preferences.set_schedule(session, desk.sam, chosen, zone="Europe/Vienna")
    with see() as session:
        assert preferences.get_schedule(session, desk.sam) == chosen
        assert cast.get_person(session, desk.sam).timezone == "Europe/Vienna"


@pytest.mark.parametrize(
    ("moment", "reached"),
    [
        ("2026-11-20T12:00", "2026-11-20T12:00"),
        ("2026-11-19T19:30", "2026-11-20T06:00"),
        ("2026-11-19T03:00", "2026-11-19T06:00"),
        ("2026-11-20T19:30", "2026-11-23T06:00"),
    ],
)
def test_quiet_hours_and_free_days_are_those_of_one_s_own_place(moment, reached):
    habit = NotificationSchedule(person_id=1, quiet_from=19 * 60, quiet_until=7 * 60, days=0b0011111)
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    found = schedule.next_reachable_time(habit, "Europe/Vienna", at)
    assert found == datetime.fromisoformat(reached).replace(tzinfo=UTC)


def test_a_muted_ticket_is_listed_and_heard_of_again(desk):
    number = cast.create_ticket(desk.sam, "Too much")
    with act() as session:
        unsubscribe.stop_notifications(session, desk.sam.id, number)
    with see() as session:
        assert preferences.list_muted(session, desk.sam) == {number: "Too much"}
    with act() as session:
        preferences.unmute(session, desk.sam, number)
    with see() as session:
        assert preferences.list_muted(session, desk.sam) == {}


def owe(actor, **more):
    now = clock.now()
    with act() as session:
        row = Message(
            medium=NotificationChannel.MAIL,
            sort=MessageKind.TRIAL,
            person_id=actor.id,
            created_at=now,
            due_at=now,
            **more,
        )
        session.add(row)
        session.flush()
        return row.id


def test_an_administrator_sees_tries_again_and_lets_go(desk):
    first = owe(desk.sam, parked_at=clock.now(), attempts=10, error="550 no such user")
    other = owe(desk.bob, parked_at=clock.now(), attempts=1, error="550")
    with see() as session:
        mail = queue_admin.list_channel_statuses(session, desk.ada)[0]
        assert (mail.owed, mail.parked) == (0, 2)
        assert [p.error for p in queue_admin.list_failed(session, desk.ada)] == ["550", "550 no such user"]
    with act() as session:
        queue_admin.retry(session, desk.ada, first)
        queue_admin.discard(session, desk.ada, other)
        queue_admin.pause(session, desk.ada, NotificationChannel.MAIL, paused=True)
    with see() as session:
        mail = queue_admin.list_channel_statuses(session, desk.ada)[0]
        assert (mail.owed, mail.parked, mail.paused) == (1, 0, True)
        row = session.get(Message, first, execution_options=UNSCOPED)
        assert row.attempts == 0


@pytest.mark.parametrize("who", ["mona", "rita", "sam"])
def test_nobody_else_does(desk, who):
    actor = getattr(desk, who)
    for deed in (
        queue_admin.list_channel_statuses,
        queue_admin.list_failed,
        partial(queue_admin.send_test, medium=NotificationChannel.MAIL),
    ):
        with pytest.raises(NotPermitted), act() as session:
            deed(session, actor)
