"""Tags: one whatever their case and accents, made by typing, kept by administrators."""

import importlib

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from db.models import Event, Tag
from db.vocabulary import Action
from lib.catalog import tags
from lib.conversation import history
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.lists import filters, ticket_list
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED


def tag(actor, number, *names):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        tickets.set_tags(session, actor, ticket, tags=names, seen=ticket.version)


def of(actor, number):
    with see() as session:
        return tickets.list_tags(session, tickets.find(session, actor, number))


def every(actor):
    with see() as session:
        return {card.name: card.count for card in tags.list_all(session, actor)}


def offered(actor):
    with see() as session:
        return tags.list_names(session, actor)


def deed(actor, verb, which, *others, **more):
    with act() as session:
        ids = {t.name: t.id for t in session.exec(select(Tag)).all()}
        found = [tags.get(session, actor, ids.get(each, 99_999)) for each in (which, *others)]
        named = {"into": found[1]} if others else {}
        verb(session, actor, found[0], **named, **more)


def test_case_and_accents_tell_no_tags_apart(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    tag(desk.rita, one, "Café", "  VIP ", "vip", "c++", "c#")
    tag(desk.rita, two, "cafe", "Vip")
    assert of(desk.rita, one) == ["c#", "c++", "café", "vip"]
    assert of(desk.rita, two) == ["café", "vip"]
    with see() as session:
        for written in ("CAFE", "café", "cafe\u0301"):
            found = filters.parse_parameters(session, desk.rita, {"tag": [written]})
            assert {row.number for row in ticket_list.get_page(session, desk.rita, found).rows} == {one, two}


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 41, "\u0301"])
def test_what_is_no_word_is_no_tag(desk, name):
    number = cast.create_ticket(desk.sam)
    with pytest.raises(Invalid):
        tag(desk.rita, number, name)
    assert of(desk.rita, number) == []


def test_a_comma_stands_between_two_tags(desk):
    number = cast.create_ticket(desk.sam)
    tag(desk.rita, number, "printer, vpn,", "wi-fi")
    assert of(desk.rita, number) == ["printer", "vpn", "wi-fi"]
    with pytest.raises(Invalid, match="can't contain a comma"):
        deed(desk.ada, tags.rename, "vpn", name="vpn, remote")
    with pytest.raises(Invalid, match="can't contain a comma"), act() as session:
        tags.create(session, desk.ada, name="remote, vpn")


def test_tags_are_offered_and_counted_from_what_one_sees(desk):
    mine, theirs = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    tag(desk.rita, mine, "printer")
    tag(desk.rita, theirs, "printer", "secret plan")
    assert every(desk.rita) == {"printer": 2, "secret plan": 1}
    assert every(desk.sam) == {"printer": 1} and offered(desk.sam) == ["printer"]
    assert every(desk.bela) == {} and offered(desk.bela) == []
    tag(desk.rita, theirs)
    assert every(desk.rita) == {"printer": 1}
    assert every(desk.ada) == {"printer": 1, "secret plan": 0}


def test_an_administrator_reads_no_tag_that_only_a_confidential_ticket_has(desk):
    open_, secret = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam, confidential=True)
    tag(desk.mona, secret, "layoffs", "printer")
    tag(desk.rita, open_, "printer", "paper")
    with act() as session:
        tags.create(session, desk.ada, name="unused")
    assert every(desk.ada) == {"paper": 1, "printer": 1, "unused": 0}
    assert every(desk.mona) == {"layoffs": 1, "paper": 1, "printer": 2}
    with see() as session:
        id = session.exec(select(Tag.id).where(Tag.name == "layoffs")).one()
        with pytest.raises(NotFound):
            tags.get(session, desk.ada, id)
    with act() as session:
        assert tags.create(session, desk.ada, name="Layoffs").id == id
    assert "layoffs" not in every(desk.ada) and "layoffs" not in offered(desk.ada)
    deed(desk.ada, tags.rename, "paper", name="Layoffs")
    assert every(desk.ada) == {"layoffs": 1, "printer": 1, "unused": 0}
    assert of(desk.mona, secret) == ["layoffs", "printer"]
    with act() as session:
        tickets.delete(session, desk.mona, tickets.find(session, desk.mona, secret), reason="Settled")
    assert every(desk.ada) == {"layoffs": 1, "printer": 1, "unused": 0}


def test_an_administrator_renames_merges_and_deletes(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    tag(desk.rita, one, "printer", "print")
    tag(desk.rita, two, "print")
    with pytest.raises(Invalid, match="Merge the two instead"):
        deed(desk.ada, tags.rename, "print", name="Printer")
    deed(desk.ada, tags.rename, "printer", name="Printing")
    deed(desk.ada, tags.merge, "print", "printing")
    assert of(desk.rita, one) == of(desk.rita, two) == ["printing"]
    with pytest.raises(Invalid, match="itself"):
        deed(desk.ada, tags.merge, "printing", "printing")
    deed(desk.ada, tags.remove, "printing")
    assert of(desk.rita, one) == [] and every(desk.ada) == {}
    with act() as session:
        tags.create(session, desk.ada, name="ready")
    with pytest.raises(Invalid), act() as session:
        tags.create(session, desk.ada, name="Ready")
    with see() as session:
        chosen = select(col(Event.action), col(Event.old), col(Event.new)).where(
            col(Event.subject).startswith("tag:")
        )
        told = session.exec(chosen.order_by(col(Event.id)).execution_options(**UNSCOPED)).all()
    assert told == [
        (Action.TAG_CHANGED, "printer", "printing"), (Action.TAG_DELETED, "print", "printing"),
        (Action.TAG_DELETED, "printing", None), (Action.TAG_CREATED, None, "ready"),
    ]  # fmt: skip


def test_nobody_else_keeps_tags(desk):
    number = cast.create_ticket(desk.sam)
    tag(desk.rita, number, "printer")
    for who in (desk.sam, desk.rita, desk.mona):
        for name in ("printer", "there is none"):
            with pytest.raises(NotPermitted):
                deed(who, tags.remove, name)
    with pytest.raises(NotFound):
        deed(desk.ada, tags.remove, "there is none")
    assert of(desk.rita, number) == ["printer"]


def test_tagging_is_told_once_in_the_ticket(desk):
    number = cast.create_ticket(desk.sam)
    tag(desk.rita, number, "Café")
    tag(desk.rita, number, "cafe")
    with see() as session:
        told = [
            line.sentence
            for line in history.list_for_ticket(session, desk.sam, tickets.find(session, desk.sam, number))
        ]
    assert told == ["created it", "tagged it café"]


def test_two_who_type_the_same_new_word_make_one_tag(desk):
    import threading

    numbers = [cast.create_ticket(desk.sam) for _ in range(4)]
    threads = [threading.Thread(target=tag, args=(desk.rita, n, "Brandneu")) for n in numbers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert every(desk.rita) == {"brandneu": 4}


def test_the_key_of_the_migration_is_the_one_that_is_used():
    migration = importlib.import_module("db.migrations.versions.0009_tags")
    for name in ("Café au  Lait", "STRASSE", "straße", "c++", "Ελλάδα", "ﬁn"):
        assert migration._key(name) == tags.key(name)


def test_tags_that_become_one_by_the_migration_keep_their_tickets(engine):
    """Those of an older desk may differ in accents alone."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    migration = importlib.import_module("db.migrations.versions.0009_tags")
    desk = cast.create_company()
    one, two = (
        cast.create_ticket(desk.sam, tags=["first"]),
        cast.create_ticket(desk.sam, tags=["first", "second"]),
    )
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("DROP INDEX ix_tag_key"))
        connection.execute(sa.text("ALTER TABLE tag DROP COLUMN key"))
        connection.execute(sa.text("UPDATE tag SET name = 'cafe' WHERE name = 'first'"))
        connection.execute(sa.text("UPDATE tag SET name = 'café' WHERE name = 'second'"))
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()
    assert of(desk.sam, one) == of(desk.sam, two) == ["cafe"]
