"""Who hears of what: each row of the rules once, in the very transaction of the deed, and nobody too much."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from db.models import (
    DeliveryNotice,
    Message,
    Notice,
    NotificationPreference,
    NotificationSchedule,
    Person,
    Status,
)
from db.vocabulary import (
    MessageKind,
    NotificationChannel,
    NotificationType,
    Priority,
    RecipientReason,
    StatusCategory,
)
from lib.conversation import watchers
from lib.core import clock
from lib.core.errors import Conflict
from lib.notifications import default_rules
from lib.people import teams
from lib.tickets import merge as ticket_merge
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("the outbox is filled in each database's dialect")


ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def everywhere(monkeypatch):
    """Mail and Slack are set up."""
    monkeypatch.setenv("DOCKET_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("DOCKET_SMTP_FROM", "desk@example.org")
    monkeypatch.setenv("DOCKET_SLACK_BOT_TOKEN", "xoxb-tests")


def notices(after=0):
    with see() as session:
        chosen = select(Notice, Person.name).join(Person, col(Person.id) == Notice.person_id)
        rows = session.exec(chosen.where(col(Notice.id) > after).execution_options(**UNSCOPED)).all()
        return [(name, n.occasion, n.relation, n) for n, name in rows]


def newest():
    return max((n.id for *_, n in notices()), default=0)


def told(deed):
    """Do something and return who hears of it, as (name, occasion, relation)."""
    before = newest()
    deed()
    return {(name, occasion, relation) for name, occasion, relation, _ in notices(before)}


def owed(**wanted):
    with see() as session:
        rows = session.exec(select(Message).order_by(col(Message.id)).execution_options(**UNSCOPED)).all()
        return [m for m in rows if all(getattr(m, k) == v for k, v in wanted.items())]


def change(actor, number, verb, **more):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        verb(session, actor, ticket, **more, seen=ticket.version)


def assign(actor, number, to):
    change(actor, number, tickets.assign, to=to.id)


def move(actor, number, kind):
    with act() as session:
        to = session.exec(select(Status).where(Status.kind == kind)).first()
        ticket = tickets.find(session, actor, number, to_change=True)
        tickets.move(session, actor, ticket, to=to, seen=ticket.version, reason="because")


def follow(actor, number, verb=watchers.watch):
    with act() as session:
        verb(session, actor, tickets.find(session, actor, number))


def handed_over(desk, number):
    with act() as session:
        ticket = tickets.find(session, desk.ada, number, to_change=True)
        tickets.move_to_team(
            session, desk.ada, ticket, team=teams.get(session, desk.facilities), seen=ticket.version
        )


def test_a_new_ticket_is_told_to_its_team_while_nobody_has_it(desk):
    everybody = told(lambda: cast.create_ticket(desk.sam))
    assert everybody == {
        ("Rita Sosa", NotificationType.CREATED, RecipientReason.TEAM),
        ("Arun Das", NotificationType.CREATED, RecipientReason.TEAM),
        ("Mona Lind", NotificationType.CREATED, RecipientReason.TEAM),
    }
    given = told(lambda: cast.create_ticket(desk.mona, requester_id=desk.sam.id, assignee_id=desk.rita.id))
    assert given == {
        ("Sam Reed", NotificationType.CREATED, RecipientReason.REQUESTER),
        ("Sam Reed", NotificationType.ASSIGNED, RecipientReason.REQUESTER),
        ("Rita Sosa", NotificationType.ASSIGNED, RecipientReason.ASSIGNEE),
    }


def test_assignment_reaches_the_old_and_the_new_and_whoever_follows(desk):
    number = cast.create_ticket(desk.sam)
    cast.add_cc(desk.mona, number, desk.bob)
    assign(desk.mona, number, desk.rita)
    again = told(lambda: assign(desk.mona, number, desk.arun))
    assert again == {
        ("Arun Das", NotificationType.ASSIGNED, RecipientReason.ASSIGNEE),
        ("Rita Sosa", NotificationType.ASSIGNED, RecipientReason.FORMER),
        ("Sam Reed", NotificationType.ASSIGNED, RecipientReason.REQUESTER),
        ("Bob Muir", NotificationType.ASSIGNED, RecipientReason.WATCHER),
    }
    back = told(lambda: change(desk.mona, number, tickets.unassign))
    assert ("Arun Das", NotificationType.HANDED_BACK, RecipientReason.FORMER) in back
    assert ("Rita Sosa", NotificationType.HANDED_BACK, RecipientReason.TEAM) in back
    taken = told(lambda: assign(desk.arun, number, desk.arun))
    assert "Arun Das" not in {name for name, *_ in taken}


def test_a_reply_reaches_everybody_once_and_a_mention_replaces_the_general_notice(desk):
    number = cast.create_ticket(desk.sam)
    assign(desk.mona, number, desk.rita)
    follow(desk.arun, number)
    cast.add_cc(desk.mona, number, desk.bob)
    heard = told(lambda: cast.add_comment(desk.mona, number, "@Arun Das and @Sam Reed, look"))
    assert heard == {
        ("Sam Reed", NotificationType.REPLIED, RecipientReason.MENTIONED),
        ("Arun Das", NotificationType.REPLIED, RecipientReason.MENTIONED),
        ("Rita Sosa", NotificationType.REPLIED, RecipientReason.ASSIGNEE),
        ("Bob Muir", NotificationType.REPLIED, RecipientReason.WATCHER),
    }
    assert ("Sam Reed", NotificationType.REPLIED, RecipientReason.REQUESTER) in told(
        lambda: cast.add_comment(desk.rita, number, "On it")
    )


@pytest.mark.parametrize("asker", ["sam", "bela"])
def test_a_requester_hears_nothing_internal_even_when_they_are_staff_elsewhere(desk, asker):
    who = getattr(desk, asker)
    number = cast.create_ticket(who)
    cast.add_cc(desk.rita, number, desk.bob)
    heard = told(
        lambda: cast.add_comment(
            desk.rita, number, f"@Arun Das, {who.name} @{who.name} @Bob Muir", internal=True
        )
    )
    assert heard == {("Arun Das", NotificationType.NOTED, RecipientReason.MENTIONED)}


def test_a_change_of_status_is_told_by_what_it_means(desk):
    number = cast.create_ticket(desk.sam)
    assign(desk.mona, number, desk.rita)
    follow(desk.arun, number)
    assert told(lambda: move(desk.mona, number, StatusCategory.BLOCKED)) == {
        ("Sam Reed", NotificationType.MOVED, RecipientReason.REQUESTER),
        ("Rita Sosa", NotificationType.MOVED, RecipientReason.ASSIGNEE),
        ("Arun Das", NotificationType.MOVED, RecipientReason.WATCHER),
    }
    move(desk.mona, number, StatusCategory.ACTIVE)
    assert ("Sam Reed", NotificationType.DONE, RecipientReason.REQUESTER) in told(
        lambda: move(desk.rita, number, StatusCategory.DONE)
    )
    reopened = told(lambda: move(desk.sam, number, StatusCategory.TODO))
    assert ("Rita Sosa", NotificationType.REOPENED, RecipientReason.ASSIGNEE) in reopened


def test_other_changes_are_for_those_who_work_it(desk):
    number = cast.create_ticket(desk.sam)
    assign(desk.mona, number, desk.rita)
    assert told(lambda: change(desk.mona, number, tickets.prioritize, priority=Priority.URGENT)) == {
        ("Rita Sosa", NotificationType.CHANGED, RecipientReason.ASSIGNEE)
    }
    assert told(lambda: change(desk.mona, number, tickets.set_tags, tags=["vip"])) == set()
    assert told(lambda: cast.add_cc(desk.mona, number, desk.bob)) == {
        ("Bob Muir", NotificationType.COPIED, RecipientReason.WATCHER)
    }
    heard = told(lambda: handed_over(desk, number))
    assert ("Bela Kun", NotificationType.ARRIVED, RecipientReason.TEAM) in heard
    assert ("Rita Sosa", NotificationType.ARRIVED, RecipientReason.TEAM) not in heard


def test_a_merge_is_told_on_both_tickets(desk):
    one, other = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)

    def merge():
        with act() as session:
            here, there = (tickets.find(session, desk.rita, n, to_change=True) for n in (one, other))
            ticket_merge.merge(session, desk.rita, here, into=there, seen=here.version)

    heard = told(merge)
    assert ("Sam Reed", NotificationType.MERGED, RecipientReason.REQUESTER) in heard
    assert ("Bob Muir", NotificationType.MERGED, RecipientReason.REQUESTER) in heard


def test_whoever_stopped_to_watch_hears_only_what_calls_them_by_name(desk):
    number = cast.create_ticket(desk.sam)
    follow(desk.sam, number, watchers.unwatch)
    assert "Sam Reed" not in {n for n, *_ in told(lambda: cast.add_comment(desk.rita, number, "Hello"))}
    assert "Sam Reed" in {n for n, *_ in told(lambda: cast.add_comment(desk.rita, number, "@Sam Reed hello"))}


def test_an_edit_tells_only_those_whom_it_mentions_anew(desk):
    from lib.conversation import comments

    number = cast.create_ticket(desk.sam)
    said = cast.add_comment(desk.rita, number, "@Arun Das look")

    def edit():
        with act() as session:
            comment, ticket = comments.get_with_ticket(session, desk.rita, said, to_change=True)
            body = "@Arun Das @Mona Lind look"
            comments.edit(session, desk.rita, comment, ticket, body=body, seen=comment.version)

    assert told(edit) == {("Mona Lind", NotificationType.REPLIED, RecipientReason.MENTIONED)}


def sent(*messages):
    """Let messages have been sent just now."""
    with act() as session:
        for row in session.exec(select(Message).execution_options(**UNSCOPED)).all():
            if row.id in {message.id for message in messages}:
                row.done_at, row.attempts = clock.now(), 1
                session.add(row)


def burst(desk, number, *priorities):
    for priority in priorities:
        change(desk.mona, number, tickets.prioritize, priority=priority)


def watched(desk, medium=NotificationChannel.MAIL):
    """A ticket that Arun watches, of which he wants to hear every change."""
    number = cast.create_ticket(desk.sam)
    follow(desk.arun, number)
    with act() as session:
        for name in ("mail", "slack"):
            session.add(
                NotificationPreference(
                    person_id=desk.arun.id, occasion="changed", relation="watcher", medium=name, wanted=True
                )
            )
    return number


@pytest.mark.parametrize("medium", [NotificationChannel.MAIL, NotificationChannel.SLACK])
def test_the_first_message_goes_at_once_and_what_follows_together_at_the_window_s_end(desk, medium):
    number = watched(desk)
    burst(desk, number, Priority.URGENT)
    (first,) = owed(person_id=desk.arun.id, medium=medium)
    assert first.due_at <= clock.now()
    sent(first)
    burst(desk, number, Priority.LOW, Priority.HIGH)
    _, second = owed(person_id=desk.arun.id, medium=medium)
    assert timedelta(seconds=100) < second.due_at - clock.now() <= timedelta(seconds=120)
    with clock.travel_to(second.due_at):
        sent(second)
    with clock.travel_to(second.due_at + timedelta(seconds=30)):
        burst(desk, number, Priority.URGENT)
    *_, third = owed(person_id=desk.arun.id, medium=medium)
    assert third.due_at - second.due_at == timedelta(seconds=120)
    sent(third)
    with clock.travel_to(clock.now() + timedelta(minutes=10)):
        burst(desk, number, Priority.LOW)
        assert owed(person_id=desk.arun.id, medium=medium)[-1].due_at <= clock.now()


def test_another_ticket_and_another_person_have_windows_of_their_own(desk):
    one, other = watched(desk), cast.create_ticket(desk.sam)
    follow(desk.arun, other)
    burst(desk, one, Priority.URGENT)
    sent(*owed(person_id=desk.arun.id))
    burst(desk, other, Priority.URGENT)
    assert all(m.due_at <= clock.now() for m in owed(person_id=desk.arun.id, ticket_id=other))


def test_a_public_reply_reaches_the_requester_at_once_and_takes_along_what_waited(desk):
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "One")
    sent(*owed(person_id=desk.sam.id))
    move(desk.mona, number, StatusCategory.BLOCKED)
    waiting = owed(person_id=desk.sam.id, done_at=None)
    assert len(waiting) == 1 and waiting[0].due_at > clock.now() + timedelta(seconds=60)
    cast.add_comment(desk.rita, number, "Two")
    (now,) = owed(person_id=desk.sam.id, done_at=None)
    assert now.id == waiting[0].id and now.due_at <= clock.now()
    with see() as session:
        bundled = (
            select(DeliveryNotice).where(DeliveryNotice.delivery_id == now.id).execution_options(**UNSCOPED)
        )
        assert len(session.exec(bundled).all()) == 2


def test_a_clock_that_was_set_back_makes_no_window_longer(desk):
    number = watched(desk)
    burst(desk, number, Priority.URGENT)
    sent(*owed(person_id=desk.arun.id))
    with clock.travel_to(clock.now() - timedelta(hours=1)):
        burst(desk, number, Priority.LOW)
        due = owed(person_id=desk.arun.id, done_at=None, medium=NotificationChannel.MAIL)[0].due_at
        assert due <= clock.now() + timedelta(seconds=120)


def test_what_somebody_has_begun_to_send_is_left_alone(desk):
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "One")
    with act() as session:
        row = session.exec(select(Message).execution_options(**UNSCOPED)).one()
        row.attempts = 1
        session.add(row)
    cast.add_comment(desk.rita, number, "Two")
    assert len(owed(person_id=desk.sam.id)) == 2


def test_what_is_refused_tells_nobody(desk):
    number = cast.create_ticket(desk.sam)

    def refused():
        with pytest.raises(Conflict), act() as session:
            ticket = tickets.find(session, desk.mona, number, to_change=True)
            tickets.assign(session, desk.mona, ticket, to=desk.rita.id, seen=ticket.version)
            raise Conflict("too late")

    assert told(refused) == set()


def test_people_hear_what_they_chose_when_they_chose(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        session.add(
            NotificationPreference(
                person_id=desk.sam.id, occasion="replied", relation="requester", medium="mail", wanted=False
            )
        )
        session.add(NotificationSchedule(person_id=desk.bob.id, quiet_from=0, quiet_until=1439))
        session.add(NotificationSchedule(person_id=desk.kim.id, hours=24))
    for who in (desk.bob, desk.kim):
        cast.add_cc(desk.rita, number, who)
    cast.add_comment(desk.rita, number, "Hello")
    assert owed(person_id=desk.sam.id) == []
    assert "Sam Reed" in {name for name, *_ in notices()}
    assert {(m.sort, m.ticket_id) for m in owed(person_id=desk.kim.id)} == {(MessageKind.DIGEST, None)}
    assert all(m.due_at.minute == 59 for m in owed(person_id=desk.bob.id))


def test_without_mail_and_slack_nothing_is_owed(desk, monkeypatch):
    from lib.core import settings

    monkeypatch.delenv("DOCKET_SMTP_HOST")
    monkeypatch.delenv("DOCKET_SLACK_BOT_TOKEN")
    settings.current.cache_clear()
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "@Sam Reed hello")
    assert owed() == [] and "Sam Reed" in {name for name, *_ in notices()}


def test_the_document_shows_the_rules_as_they_are():
    lines = (ROOT / "docs" / "notifications.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head = next(row for row in rows if row[0] == "occasion")
    shown = {row[0].strip("`"): row[2:] for row in rows if re.fullmatch(r"`\w+`", row[0])}
    assert list(shown) == [o.value for o in NotificationType]
    table = [line.split() for line in default_rules.TABLE.strip().splitlines()]
    assert head[2:] == table[0][1:]
    for row in table[1:]:
        assert [cell.strip("`").replace("\N{EN DASH}", "-") for cell in shown[row[0]]] == row[1:], row[0]
