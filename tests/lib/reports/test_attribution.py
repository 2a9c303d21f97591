"""Who waits, who answered and who resolved: facts of the moment, whatever happens to the ticket later."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from db.models import Comment, Person, Ticket
from db.vocabulary import StatusCategory
from lib.catalog import statuses
from lib.conversation import comments
from lib.core import clock
from lib.lists import filters, ticket_list
from lib.reports import response_times
from lib.tickets import merge, tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("roll-ups are SQL in each database's dialect")


BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def hours(desk):
    """Verbs on a ticket that Sam opened at BEGAN, each called with the hours since then."""
    return Hours(desk)


class Hours:
    def __init__(self, desk):
        self.desk = desk
        with clock.travel_to(BEGAN):
            self.number = cast.create_ticket(desk.sam)

    def do(self, after, verb):
        with clock.travel_to(BEGAN + after * HOUR), act() as session:
            return verb(session, tickets.find(session, self.desk.ada, self.number, to_change=True))

    def reply(self, after, author):
        return self.do(after, lambda session, ticket: comments.add(session, author, ticket, body="Hello").id)

    def remove(self, after, author, comment):
        def verb(session, ticket):
            comments.remove(
                session, author, session.get(Comment, comment, execution_options=UNSCOPED), ticket
            )

        self.do(after, verb)

    def move(self, after, name):
        def verb(session, ticket):
            to = statuses.get(session, name)
            tickets.move(session, self.desk.rita, ticket, to=to, seen=ticket.version)

        self.do(after, verb)

    def assign(self, after, who):
        self.do(after, lambda s, t: tickets.assign(s, self.desk.mona, t, to=who.id, seen=t.version))

    def copy_in(self, who):
        self.do(0, lambda s, t: tickets.add_cc(s, self.desk.rita, t, s.get_one(Person, who.id)))

    def ticket(self):
        with see() as session:
            return session.get(Ticket, self.number, execution_options=UNSCOPED)

    def first_response(self):
        at = self.ticket().first_response_at
        return None if at is None else (at - BEGAN) / HOUR

    def resolved(self):
        at = self.ticket().resolved_at
        return None if at is None else (at - BEGAN) / HOUR


def found(actor, **given):
    with see() as session:
        rows = ticket_list.get_page(session, actor, filters.parse_parameters(session, actor, given)).rows
        return {row.number for row in rows}


def waits(actor):
    return found(actor, last_word=["requester"], kind=["open"])


def unanswered(actor):
    return found(actor, answered=["no"])


def test_the_first_response_is_by_someone_who_works_the_ticket(hours, desk):
    hours.copy_in(desk.bela)
    hours.reply(1, desk.bela)
    assert hours.first_response() is None
    assert hours.number in unanswered(desk.rita)
    hours.reply(3, desk.arun)
    assert hours.first_response() == 3
    assert unanswered(desk.rita) == set()


def test_a_removed_reply_is_no_first_response_and_the_next_one_is(hours, desk):
    first = hours.reply(1, desk.rita)
    hours.reply(2, desk.arun)
    hours.remove(1.1, desk.rita, first)
    assert hours.first_response() == 2
    only = hours.reply(5, desk.rita)
    hours.remove(5.1, desk.rita, only)
    assert hours.first_response() == 2


def test_without_its_only_reply_a_ticket_is_unanswered_again(hours, desk):
    reply = hours.reply(1, desk.rita)
    hours.remove(1.2, desk.rita, reply)
    assert hours.first_response() is None
    assert hours.number in unanswered(desk.rita)


@pytest.mark.parametrize("who", ["sam", "bob", "bela"])
def test_it_waits_after_a_message_of_anyone_who_does_not_work_it(hours, desk, who):
    hours.copy_in(desk.bob)
    hours.copy_in(desk.bela)
    assert waits(desk.rita) == {hours.number}
    hours.reply(1, desk.rita)
    assert waits(desk.rita) == set()
    hours.reply(2, getattr(desk, who))
    assert waits(desk.rita) == {hours.number}


def test_it_waits_after_a_message_of_a_merged_tickets_requester(hours, desk):
    other = cast.create_ticket(desk.bob, "The same printer")
    with act() as session:
        source, into = merge.lock_pair(session, desk.rita, other, hours.number)
        merge.merge(session, desk.rita, source, into=into, seen=source.version)
    with clock.travel_to(clock.now() + HOUR):
        cast.add_comment(desk.rita, hours.number, "We are on it")
    assert waits(desk.rita) == set()
    with clock.travel_to(clock.now() + 2 * HOUR):
        cast.add_comment(desk.bob, hours.number, "It still does not print")
    assert waits(desk.rita) == {hours.number}


def test_what_staff_opened_expects_no_response(hours, desk):
    on_behalf = cast.create_ticket(desk.rita, "Called in", requester_id=desk.sam.id)
    own = cast.create_ticket(desk.arun, "My own notebook")
    elsewhere = cast.create_ticket(desk.bela, "A colleague of another team asks")
    assert unanswered(desk.ada) == {hours.number, elsewhere}
    assert waits(desk.ada) == {hours.number, elsewhere}
    assert found(desk.ada, opened_by=["staff"]) == {on_behalf, own}
    for number in (on_behalf, own):
        cast.add_comment(desk.mona, number, "Hello")
    since, until = BEGAN, clock.now() + HOUR
    with see() as session:
        assert response_times.measure_first_response(session, desk.ada, since=since, until=until).n == 0


def test_moving_between_done_statuses_does_not_lengthen_the_resolution(hours, desk):
    with act() as session:
        statuses.create(session, desk.ada, name="Closed", kind=StatusCategory.DONE)
    hours.move(10, "Completed")
    hours.move(50, "Closed")
    assert hours.resolved() == 10
    hours.move(60, "Cancelled")
    assert hours.resolved() is None
    hours.move(70, "Closed")
    assert hours.resolved() == 70
    hours.move(80, "To-Do")
    hours.move(90, "Completed")
    assert hours.resolved() == 90


def test_tickets_of_a_done_status_retired_into_canceled_are_not_resolved(hours, desk):
    with act() as session:
        statuses.create(session, desk.ada, name="Closed", kind=StatusCategory.DONE)
    hours.move(10, "Closed")
    with act() as session:
        closed, into = (statuses.get(session, name) for name in ("Closed", "Cancelled"))
        statuses.archive(session, desk.ada, closed, successor=into)
    assert hours.resolved() is None
    assert hours.ticket().resolver_id is None


def test_a_merge_undone_after_its_status_was_retired_returns_to_the_successor(hours, desk):
    with act() as session:
        statuses.create(session, desk.ada, name="Closed", kind=StatusCategory.DONE)
    hours.reply(2, desk.rita)
    hours.assign(3, desk.arun)
    hours.move(10, "Closed")
    into = cast.create_ticket(desk.bob, "The other one")
    with act() as session:
        source, target = merge.lock_pair(session, desk.rita, hours.number, into)
        merge.merge(session, desk.rita, source, into=target, seen=source.version)
    with act() as session:
        closed, completed = (statuses.get(session, name) for name in ("Closed", "Completed"))
        statuses.archive(session, desk.ada, closed, successor=completed)
    with act() as session:
        source, target = merge.lock_pair(session, desk.ada, hours.number, into)
        merge.unmerge(session, desk.ada, source, into=target)
    ticket = hours.ticket()
    with see() as session:
        assert ticket.status_id == statuses.get(session, "Completed").id
    assert not ticket.open
    assert hours.resolved() == 10
    assert hours.first_response() == 2
    assert ticket.resolver_id == desk.arun.id
    assert ticket.responder_id is None


def test_times_count_for_who_held_the_ticket_then_and_not_for_who_has_it_now(hours, desk):
    hours.assign(1, desk.rita)
    hours.reply(2, desk.arun)
    hours.move(5, "Completed")
    hours.assign(9, desk.arun)
    with see() as session:
        for ask in (response_times.measure_first_response, response_times.measure_resolution):
            counted = {
                name: ask(session, getattr(desk, name), since=BEGAN, until=BEGAN + 20 * HOUR).n
                for name in ("rita", "arun", "mona")
            }
            assert counted == {"rita": 1, "arun": 0, "mona": 1}, ask
            assert (
                session.exec(select(Person.id).where(Person.id == hours.ticket().responder_id)).one()
                == desk.rita.id
            )
