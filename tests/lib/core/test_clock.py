"""The clock: the present, a moment it is moved to, and one instant for all that a transaction writes."""

import time
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from db.models import Event, Ticket
from lib.conversation import comments
from lib.core import clock
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("each database keeps moments its own way")


def test_inside_held_the_first_reading_stays():
    with clock.freeze():
        first = clock.now()
        time.sleep(0.002)
        assert clock.now() == first
    assert clock.now() > first


def test_a_moved_clock_goes_before_a_held_one():
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    with clock.freeze():
        present = clock.now()
        with clock.travel_to(moment):
            assert clock.now() == moment
        assert clock.now() == present


def test_columns_and_events_of_a_transaction_have_one_instant(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        comment = comments.add(session, desk.rita, ticket, body="Hello")
        time.sleep(0.002)
        tickets.claim(session, desk.rita, ticket)
    with see() as session:
        found = select(Event.at).where(Event.ticket_id == number).order_by(Event.id)
        times = set(session.exec(found.execution_options(**UNSCOPED)).all()[1:])
        row = session.get(Ticket, number, execution_options=UNSCOPED)
    assert times == {comment.created_at} == {row.updated_at} == {row.first_response_at}
