"""Hours by a ticket's facts and an entry's own: what the database adds up by itself, whatever numbers there are."""

import random
from datetime import date

import pytest
import sqlalchemy
from sqlalchemy import delete, func, insert, text, update
from sqlmodel import col

from db.models import Person, Ticket, TimeEntry
from lib.core import clock
from lib.reports import packing
from lib.transactions import act, engine, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("roll-ups are SQL in each database's dialect")


HIGH = (32_767, 32_768, 55_296, 57_343, 65_536, 1_114_111, 1_200_000, 2**30 - 1)
"""Numbers of people at the ends of what stands in one character, and of what UTF-8 has no place for."""
ASKED = (
    [Ticket.category_id, TimeEntry.worker_id],
    [TimeEntry.worker_id, Ticket.priority, TimeEntry.billable],
    [TimeEntry.billable, TimeEntry.activity_id, TimeEntry.worker_id, Ticket.team_id],
    [TimeEntry.billable, Ticket.category_id],
)


@pytest.fixture
def worked(desk):
    """Three hundred entries of people with high numbers on tickets, one without a category."""
    chance, now = random.Random(5), clock.now()
    numbers = [cast.create_ticket(desk.sam) for _ in range(5)]
    with act() as session:
        like = session.get_one(Person, desk.rita.id).model_dump()
        session.add_all(Person(**like | {"id": id, "email": f"p{id}@example.org"}) for id in HIGH)
        session.get_one(Ticket, numbers[0], execution_options=UNSCOPED).category_id = None
        session.flush()
        rows = [
            {
                "ticket_id": chance.choice(numbers), "worker_id": worker, "author_id": worker, "seconds": 60,
                "day": date(2026, 1, chance.randint(1, 28)), "minutes": chance.choice((1, 59, 1440)), "note": "",
                "activity_id": chance.randint(1, 4), "billable": chance.random() < 0.5, "created_at": now,
                "version": 1, "removed_at": now if chance.random() < 0.1 else None,
            }
            for worker in chance.choices(HIGH, k=300)
        ]  # fmt: skip
        session.execute(insert(TimeEntry), rows)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: "-".join(column.key for column in asked))
def test_packed_sums_are_what_the_database_says(worked, asked):
    if engine().dialect.name != "sqlite":
        pytest.skip("PostgreSQL adds up by itself")
    there = [col(TimeEntry.removed_at).is_(None), col(TimeEntry.day) > date(2026, 1, 3)]
    by_hand = sqlalchemy.select(*asked, func.sum(TimeEntry.minutes)).select_from(TimeEntry)
    by_hand = by_hand.join(Ticket, col(Ticket.id) == TimeEntry.ticket_id).where(*there).group_by(*asked)
    with see() as session:
        wanted = session.execute(by_hand.execution_options(**UNSCOPED)).all()
        found = packing.sum_minutes(session, asked, there)
    assert set(found) == set(map(tuple, wanted)) and len(found) == len(wanted) >= 4


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: "-".join(column.key for column in asked))
def test_low_numbers_take_one_character_and_come_to_the_same(worked, asked):
    if engine().dialect.name != "sqlite":
        pytest.skip("PostgreSQL adds up by itself")
    with act() as session:
        change = update(TimeEntry).values(worker_id=1 + col(TimeEntry.id) % 3)
        session.execute(change.execution_options(synchronize_session=False, **UNSCOPED))
        session.execute(update(TimeEntry).values(author_id=1).execution_options(**UNSCOPED))
        session.execute(delete(Person).where(col(Person.id).in_(HIGH)))
    test_packed_sums_are_what_the_database_says(worked, asked)


def test_it_reads_along_the_index_alone(worked):
    if engine().dialect.name != "sqlite":
        pytest.skip("PostgreSQL adds up by itself")
    asked = (
        "EXPLAIN QUERY PLAN SELECT ticket_id, group_concat(char(worker_id, minutes), '') FROM time_entry"
        " WHERE +removed_at IS NULL AND coalesce(day, day) > '2020-01-01' GROUP BY ticket_id"
    )
    with engine().connect() as connection:
        plan = " ".join(row[-1] for row in connection.execute(text(asked)))
    assert "COVERING INDEX ix_time_entry_worked" in plan and "TEMP B-TREE" not in plan
