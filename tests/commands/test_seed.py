"""The load of tickets for measuring."""

from datetime import UTC, datetime
from itertools import islice

import pytest
from sqlalchemy import inspect, text

from bench import words as words_of_the_bench
from commands.seed import cast, plan, rows
from db import schema
from db.vocabulary import Permission, Source
from lib import transactions
from lib.access import gate
from lib.conversation import comments, history
from lib.identity import sessions
from lib.lists import filters, ticket_list
from lib.people import accounts
from lib.search_index import index, terms
from lib.tickets import tickets

pytestmark = pytest.mark.both_databases("rows in bulk are written in each database's dialect")


UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
ALL = gate.system_actor("test", Permission.TICKET_READ, Permission.COMMENT_READ_INTERNAL)


def first(number):
    return list(islice(plan.plan_tickets(100, until=UNTIL), number))


def numbers(session, actor, **given):
    narrowed = filters.parse_parameters(session, actor, {key: [value] for key, value in given.items()})
    return [row.number for row in ticket_list.get_page(session, actor, narrowed).rows]


def indexes(engine):
    return {index["name"] for table in rows.COLUMNS for index in inspect(engine).get_indexes(table)}


class TestPlan:
    def test_the_same_number_gives_the_same_tickets(self):
        assert first(20) == first(20)

    def test_tickets_come_oldest_first_and_end_before_the_end(self):
        planned = list(plan.plan_tickets(300, until=UNTIL))
        assert [p.created for p in planned] == sorted(p.created for p in planned)
        assert max(when for p in planned for when, _text, _by in p.replies) <= UNTIL

    def test_some_words_are_common_and_most_are_rare(self):
        held = [
            set(f"{p.title} {p.description}".lower().split()) for p in plan.plan_tickets(400, until=UNTIL)
        ]
        single, pairs = words_of_the_bench.queries()
        share = {word: sum(word in h for h in held) / 400 for word in single}
        assert share[single[0]] > 0.05
        assert share[single[-1]] < 0.02
        assert all(len(pair.split()) == 2 for pair in pairs)

    def test_its_words_are_already_folded_as_search_folds_them(self):
        for planned in first(20):
            plain = f"{planned.title.lower()} {terms.BOUNDARY} {planned.description}"
            assert terms.tokenize(planned.title, planned.description) == plain


@pytest.fixture
def load(run):
    result = run("seed", "--tickets", "60")
    assert result.exit_code == 0, result.output
    return result


def test_the_load_can_be_read_searched_and_worked_on(load, run):
    with transactions.see() as session:
        planned = list(plan.plan_tickets(60, until=UNTIL))
        assert ticket_list.count(session, ALL) == 60
        word = planned[7].description.split()[0]
        assert 8 in numbers(session, ALL, q=f"{planned[7].title} {word}")
        assert 5 in numbers(session, ALL, q=planned[4].replies[1][1])
        ticket = tickets.find(session, ALL, 9)
        assert len(comments.list_for_ticket(session, ALL, ticket)) == 2
        lines = history.list_for_ticket(session, ALL, ticket)
        assert lines[0].sentence == "created it"
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        person = accounts.find_by_email(session, "agent01@load.example")
        agent = sessions.build_actor(session, person, "agent", channel=Source.PAGE)
        assert len(agent.teams) == 3
        made = tickets.create(session, agent, title="Another one")  # ids go on after the load
        assert made.id == 61
        comments.add(session, agent, made, body="and a reply")
        session.flush()
        assert numbers(session, ALL, q="another one") == [61]
        assert index.find_similar(session, ALL, "Another one")


def test_the_schema_is_whole_afterwards(load, engine):
    schema.check(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
            triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            assert {"search_entry_insert", "search_entry_delete", "search_entry_update"} <= set(
                triggers.scalars()
            )
            connection.exec_driver_sql("INSERT INTO search_index(search_index) VALUES ('integrity-check')")
        else:
            found = connection.execute(
                text("SELECT indexname FROM pg_indexes WHERE tablename = 'search_entry'")
            )
            assert "ix_search_entry_words" in set(found.scalars())


def test_a_desk_with_tickets_is_left_alone_unless_asked(load, run, engine):
    before = indexes(engine)
    refused = run("seed", "--tickets", "5")
    assert refused.exit_code == 1
    assert "--add" in refused.stderr
    assert run("seed", "--tickets", "5", "--add").exit_code == 0
    assert indexes(engine) == before
    with transactions.see() as session:
        assert ticket_list.count(session, ALL) == 65


def test_a_load_that_fails_leaves_nothing_and_the_indexes_stand(run, engine, monkeypatch):
    before = indexes(engine)

    def broken(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(rows, "add_ticket", broken)
    assert isinstance(run("seed", "--tickets", "5").exception, OSError)
    assert indexes(engine) == before
    with transactions.see() as session:
        assert ticket_list.count(session, ALL) == 0


def test_nobody_of_the_load_can_sign_in_until_they_get_a_link(load):
    with transactions.see() as session:
        person = accounts.find_by_email(session, "agent01@load.example")
        assert person.password_hash is None


def test_people_who_are_here_are_not_added_twice(load):
    with transactions.act() as session:
        again = cast.prepare_cast(session)
    with transactions.act() as session:
        assert cast.prepare_cast(session) == again
