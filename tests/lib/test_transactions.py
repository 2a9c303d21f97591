"""The session refuses what did not go through the gate, whatever shape the statement has."""

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from db import engine as engines
from db.models import (
    Attachment,
    CategoryProposal,
    Comment,
    DeliveryNotice,
    Event,
    FieldValue,
    Link,
    Mention,
    Merge,
    Message,
    Notice,
    Participant,
    Person,
    Presence,
    QueuedTicket,
    SearchEntry,
    Seen,
    Tag,
    Team,
    TeamNotification,
    Ticket,
    TicketTag,
    TimeEntry,
    Timer,
    Watch,
)
from lib.access import gate
from lib.core.errors import NotFound, Unavailable
from lib.transactions import GUARDED, Unscoped, act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("transactions and their locks belong to each database")


MODELS = (
    Ticket, Comment, Attachment, Event, SearchEntry, Participant, TicketTag, Link, Mention, Presence, Seen, Watch,
    Merge, FieldValue, TimeEntry, Timer, Notice, Message, DeliveryNotice,
    CategoryProposal, QueuedTicket, TeamNotification,
)  # fmt: skip


def key(model):
    """The first column of a model's primary key."""
    return next(iter(model.__table__.primary_key.columns))


SHAPES = {
    "select": select,
    "one column": lambda m: select(key(m)),
    "count": lambda m: select(sa.func.count()).select_from(m),
    "alias": lambda m: select(orm.aliased(m)),
    "core": lambda m: sa.select(m.__table__),
    "by name": lambda m: sa.select(sa.text("1")).select_from(sa.table(m.__tablename__)),
    "join": lambda m: select(Person.id).join(m, sa.true()),
    "outer join": lambda m: select(Person.id).outerjoin(m, sa.true()),
    "subquery": lambda m: select(select(key(m)).subquery().c[0]),
    "in": lambda m: select(Person.id).where(col(Person.id).in_(select(key(m)))),
    "exists": lambda m: select(Person.id).where(sa.exists(select(key(m)))),
    "scalar": lambda m: select(select(sa.func.count()).select_from(m).scalar_subquery()),
    "order": lambda m: select(Person.id).order_by(select(sa.func.count(key(m))).scalar_subquery()),
    "cte": lambda m: select(select(key(m)).cte().c[0]),
    "lateral": lambda m: select(Person.id).join(select(key(m)).lateral(), sa.true()),
    "union": lambda m: sa.union(select(sa.literal("1")), select(sa.cast(key(m), sa.Text))),
    "update": lambda m: sa.update(m).values({key(m).name: key(m)}),
    "delete": sa.delete,
    "update of another": lambda m: sa.update(Team).values(name="x").where(col(Team.id).in_(select(key(m)))),
    "insert from": lambda m: sa.insert(Tag).from_select(["name"], select(sa.cast(key(m), sa.Text))),
    "text": lambda m: sa.text(f"SELECT * FROM {m.__tablename__}"),
    "shouted text": lambda m: sa.text(f"SELECT * FROM {m.__tablename__.upper()}"),
    "quoted text": lambda m: sa.text(f'SELECT * FROM "{m.__tablename__}"'),
    "text with columns": lambda m: sa.text(f"SELECT 1 AS id FROM {m.__tablename__}").columns(sa.column("id")),
    "text inside": lambda m: select(Person.id).where(sa.text(f"EXISTS (SELECT 1 FROM {m.__tablename__})")),
    "literal column": lambda m: select(sa.literal_column(f"(SELECT count(*) FROM {m.__tablename__})")),
    "statement of text": lambda m: select(m).from_statement(sa.text(f"SELECT * FROM {m.__tablename__}")),
}  # fmt: skip


@pytest.fixture
def busy(desk):
    """A company with a ticket, so that something could leak."""
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "A canary sings", internal=True)
    return desk


def test_the_models_of_this_test_are_the_guarded_ones():
    assert {m.__tablename__ for m in MODELS} == GUARDED


def test_every_shape_of_every_guarded_table_is_refused(busy):
    let_through = []
    for name, shape in SHAPES.items():
        for model in MODELS:
            with see() as session:
                try:
                    session.execute(shape(model))
                    let_through.append((name, model.__tablename__))
                except Unscoped:
                    pass
    assert let_through == []


def test_getting_by_key_and_refreshing_another_session_s_object_are_refused(busy):
    with see() as session, pytest.raises(Unscoped):
        session.get(Ticket, 1)
    with see() as session, pytest.raises(Unscoped):
        session.merge(Ticket(**{"id": 1, "title": "x"}))


def test_the_full_text_index_is_guarded_too(busy):
    with see() as session, pytest.raises(Unscoped, match="search_entry"):
        session.execute(sa.text("SELECT words FROM search_index"))


def test_what_is_no_ticket_s_may_be_read_and_the_gate_lets_its_own_pass(busy):
    with see() as session:
        assert session.exec(select(Person.name).where(Person.id == busy.sam.id)).one() == "Sam Reed"
        assert session.exec(gate.visible(busy.rita)).one().id == 1


def test_an_unscoped_statement_passes_with_its_reason_and_not_without(busy):
    with see() as session:
        assert session.exec(gate.unscoped(select(Ticket.id), "a test reads all tickets")).all() == [1]
        assert gate.unscoped_get(session, Ticket, 1, "a test reads all tickets") is not None
    with see() as session:
        for reason in ("", " \n"):
            with pytest.raises(ValueError, match="reason"):
                gate.unscoped(select(Ticket.id), reason)
            with pytest.raises(ValueError, match="reason"):
                gate.unscoped_get(session, Ticket, 1, reason)


def test_a_count_is_as_scoped_as_what_it_counts(busy):
    with see() as session:
        assert session.exec(gate.select_count(gate.visible(busy.rita))).one() == 1
        assert session.exec(gate.select_count(gate.visible(busy.bob))).one() == 0
        with pytest.raises(Unscoped):
            session.exec(gate.select_count(select(Ticket)))


def test_seeing_changes_nothing_and_acting_all_or_nothing(desk):
    with see() as session:
        session.add(Tag(name="seen", key="seen"))
        session.flush()
    with pytest.raises(ZeroDivisionError), act() as session:
        session.add(Tag(name="failed", key="failed"))
        session.flush()
        raise ZeroDivisionError
    with act() as session:
        session.add(Tag(name="kept", key="kept"))
    with see() as session:
        assert session.exec(select(Tag.name)).all() == ["kept"]


def test_a_refusal_is_recorded_though_its_transaction_is_undone(desk):
    with pytest.raises(NotFound), act() as session:
        session.add(Tag(name="undone", key="undone"))
        raise gate.not_found(desk.bob, gate.Permission.TICKET_READ, "ticket", 7)
    with see() as session:
        assert session.exec(select(Tag.name)).all() == []
        [row] = session.exec(select(Event).execution_options(**UNSCOPED)).all()[-1:]
    assert (row.action, row.ticket_id, row.actor_id, row.internal) == ("access.denied", 7, desk.bob.id, True)


def test_a_database_that_went_away_is_a_sentence_and_nothing_is_saved(desk, engine, monkeypatch):
    def lose(session):
        if engine.dialect.name == "postgresql":
            session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        else:
            monkeypatch.setattr(engines, "WRITE_TIMEOUT", 0.05)
            with act() as other:
                other.connection()

    with pytest.raises(Unavailable, match="Nothing was saved"), act() as session:
        session.add(Tag(name="lost", key="lost"))
        session.flush()
        lose(session)
    with see() as session:
        assert session.exec(select(Tag.name)).all() == []


def test_a_wrong_statement_is_a_bug_and_not_the_database_s_fault(desk):
    with pytest.raises(DBAPIError), see() as session:
        session.execute(sa.text("SELECT nothing FROM nowhere"))
