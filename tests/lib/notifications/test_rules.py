"""A desk's own rules: they hold at once, one at a time changes them, and what must not be they can't be."""

import pytest
from sqlmodel import col, select

from db.models import Event, Message, Notice
from db.vocabulary import Action, NotificationChannel, NotificationType, RecipientReason
from lib.core.errors import Conflict, Invalid, NotPermitted
from lib.notifications import default_rules, preferences, rules
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

ASKED = (NotificationType.REPLIED, RecipientReason.REQUESTER)
TEAM = (NotificationType.REPLIED, RecipientReason.TEAM)


@pytest.fixture(autouse=True)
def mail(monkeypatch):
    monkeypatch.setenv("DOCKET_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("DOCKET_SMTP_FROM", "desk@example.org")


def change(actor, wanted, seen=1):
    with act() as session:
        return rules.update(session, actor, wanted, seen=seen)


def heard(occasion):
    with see() as session:
        rows = session.exec(
            select(Notice.person_id).where(Notice.occasion == occasion).execution_options(**UNSCOPED)
        )
        return set(rows)


def owed():
    with see() as session:
        return session.exec(select(Message.person_id).execution_options(**UNSCOPED)).all()


def changes():
    with see() as session:
        chosen = select(Event).where(Event.action == Action.NOTICE_RULES_CHANGED).order_by(col(Event.id))
        return [(e.old, e.new) for e in session.exec(chosen.execution_options(**UNSCOPED))]


def test_a_changed_rule_holds_from_the_next_deed_on(desk):
    number = cast.create_ticket(desk.sam)
    change(desk.ada, {ASKED: frozenset({NotificationChannel.DOCKET}), TEAM: frozenset()})
    cast.add_comment(desk.rita, number, "Hello")
    assert heard("replied") == {desk.sam.id, desk.mona.id}
    assert desk.sam.id not in owed()
    assert changes() == [("replied/requester dm, replied/team d", "replied/requester d, replied/team .")]


def test_what_somebody_chose_themselves_wins(desk):
    with act() as session:
        preferences.set_channels(session, desk.sam, {ASKED: frozenset({NotificationChannel.DOCKET})})
    change(desk.ada, {ASKED: frozenset(NotificationChannel)})
    with see() as session:
        assert preferences.get_channels(session, desk.sam)[ASKED] == {
            NotificationChannel.DOCKET,
            NotificationChannel.SLACK,
        }


def test_of_an_empty_rule_nobody_hears_or_can_choose_to(desk):
    change(desk.ada, {ASKED: frozenset()})
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    assert heard("replied") == {desk.arun.id, desk.mona.id}, "the team, and not its requester"
    with pytest.raises(Invalid), act() as session:
        preferences.set_channels(session, desk.sam, {ASKED: frozenset({NotificationChannel.MAIL})})


def test_a_requester_never_hears_of_a_note_and_nobody_of_their_own_deed(desk):
    with pytest.raises(Invalid):
        change(
            desk.ada, {(NotificationType.NOTED, RecipientReason.REQUESTER): frozenset(NotificationChannel)}
        )
    change(
        desk.ada, {pair: frozenset(default_rules.available_channels(pair[1])) for pair in default_rules.PAIRS}
    )
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "about them", internal=True)
    cast.add_comment(desk.sam, number, "mine")
    assert desk.sam.id not in heard("noted") | heard("created")
    assert desk.rita.id not in heard("noted") and desk.sam.id not in heard("replied")


def test_of_two_at_the_same_moment_one_is_told(desk):
    change(desk.ada, {ASKED: frozenset()})
    with pytest.raises(Conflict):
        change(desk.ada, {TEAM: frozenset(NotificationChannel)})
    assert len(changes()) == 1


def test_the_rules_go_back_to_those_that_came_and_twice_is_once(desk):
    change(desk.ada, {ASKED: frozenset()})
    for seen in (2, 3):
        with act() as session:
            now = rules.reset(session, desk.ada, seen=seen)
    assert now.own == [] and now.version == 3 and len(changes()) == 2


@pytest.mark.parametrize("who", ["mona", "rita", "sam"])
def test_only_administrators_read_and_change_them(desk, who):
    with pytest.raises(NotPermitted):
        change(getattr(desk, who), {ASKED: frozenset()})
    with pytest.raises(NotPermitted), see() as session:
        rules.get(session, getattr(desk, who))
