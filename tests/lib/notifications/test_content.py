"""What messages say, read together: the same as one by one, in as few statements however many they are."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from db.models import Message, Person, Role, Ticket
from db.vocabulary import NotificationChannel, Source
from lib import transactions
from lib.core import settings
from lib.identity import sessions
from lib.notifications import content
from lib.people import teams
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases(
    "messages are read together in few statements, planned by each database"
)


@pytest.fixture(autouse=True)
def mailing(monkeypatch):
    """A Docket that owes mail at once."""
    for name, value in {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_FROM": "desk@example.org",
        "NOTICE_WINDOW_SECONDS": "0",
    }.items():
        monkeypatch.setenv(f"DOCKET_{name}", value)
    settings.current.cache_clear()


def owed(session):
    chosen = select(Message).where(Message.medium == NotificationChannel.MAIL).order_by(col(Message.id))
    return list(session.exec(chosen.execution_options(**UNSCOPED)).all())


@contextmanager
def counted():
    told = []

    def note(_connection, _cursor, statement, *_):
        told.append(statement)

    event.listen(transactions.engine(), "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(transactions.engine(), "before_cursor_execute", note)


def talk(desk, count):
    """Let many people hear of many things: requesters, assignees, people in copy, whoever is mentioned."""
    for n in range(count):
        number = cast.create_ticket(desk.sam if n % 2 else desk.bob, f"Ticket {n}")
        cast.add_cc(desk.rita, number, desk.kim)
        cast.add_comment(desk.rita, number, f"Reply {n}")
        cast.add_comment(desk.rita, number, f"@Arun Das note {n}", internal=True)


def test_read_together_messages_say_what_each_says_alone(desk):
    talk(desk, 4)
    with act() as session:
        teams.remove_member(
            session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, desk.arun)
        )
        hidden = session.exec(select(Ticket).execution_options(**UNSCOPED)).first()
        assert hidden is not None
        hidden.confidential = True
        cast.get_person(session, desk.bob).active = False
    with see() as session:
        messages = owed(session)
        together = content.build_many(session, messages)
    alone = {}
    for message in messages:
        with see() as session:
            alone[message.id] = content.build(session, message)
    assert together == alone and len(messages) > 8
    told = {content.person_id for content in together.values() if content}
    assert desk.sam.id in told and not told & {desk.arun.id, desk.bob.id}
    assert None in together.values()


def test_however_many_are_read_it_takes_a_few_statements(desk):
    def asked(count):
        with see() as session:
            messages = [m for m in owed(session) if m.person_id in (desk.sam.id, desk.arun.id)][:count]
            assert len(messages) == count
            with counted() as told:
                content.build_many(session, messages)
        return len(told)

    talk(desk, 12)
    few = asked(3)
    assert asked(12) == few <= 8


def test_several_people_act_as_each_does_alone(desk):
    with see() as session:
        found = session.exec(select(Person, Role.name).join(Role, col(Role.id) == Person.role_id)).all()
        people = {person.id: (person, role) for person, role in found}
        several = sessions.build_actors(session, people, channel=Source.WORKER)
        for id, (person, role) in people.items():
            one = sessions.build_actor(session, person, role, channel=Source.WORKER)
            assert (several[id], several[id].name, several[id].role) == (one, one.name, one.role)
    assert len(several) > 5 and any(actor.teams for actor in several.values())
