"""The full-text index follows its table through insert, update, delete and cascade, on both databases."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, delete, select, update

from db.models import SearchEntry, Ticket
from lib.access import gate
from lib.core import folding, text
from lib.search_index import index
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED


def found(desk, query: str) -> list[int | None]:
    with see() as session:
        matches = index.match_tickets(session, desk.ada, query)
        assert matches is not None
        chosen = gate.visible(desk.ada, Ticket.id).where(matches.condition)
        return list(session.exec(chosen.order_by(col(Ticket.id))))


def change(order) -> None:
    with act() as session:
        session.execute(order.execution_options(**UNSCOPED))


def integrity(session: Session) -> None:
    """Let FTS5 compare its index with the table; it raises when they differ."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(
            "INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"
        )


def test_the_index_follows_its_table(desk):
    first, second = cast.create_ticket(desk.sam, "Lamp flickers"), cast.create_ticket(desk.sam, "Lamp hums")
    assert found(desk, "lamp") == [first, second]
    change(update(SearchEntry).where(col(SearchEntry.ticket_id) == first).values(words="candle burns"))
    assert (found(desk, "lamp"), found(desk, "candle")) == ([second], [first])
    change(delete(SearchEntry).where(col(SearchEntry.ticket_id) == second))
    assert found(desk, "lamp") == []
    with act() as session:
        integrity(session)


def test_rows_that_go_with_their_ticket_leave_the_index_too(desk):
    number = cast.create_ticket(desk.sam, "Ephemeral")
    cast.add_comment(desk.rita, number, "momentary")
    change(delete(Ticket).where(col(Ticket.id) == number))
    with act() as session:
        integrity(session)
        assert session.exec(select(SearchEntry.id).execution_options(**UNSCOPED)).all() == []
        if session.get_bind().dialect.name == "sqlite":
            hits = session.connection().exec_driver_sql(
                "SELECT count(*) FROM search_index WHERE search_index MATCH 'momentary OR ephemeral'"
            )
            assert hits.scalar() == 0


def test_a_rename_moves_the_words(desk):
    number = cast.create_ticket(desk.sam, "Old words")
    with act() as session:
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        tickets.rename(session, desk.rita, ticket, title="New phrase", seen=1)
    assert (found(desk, "old"), found(desk, "phrase")) == ([], [number])


SPELLINGS = [
    ("Café crème brûlée", "cafe creme brulee"),
    ("cafe creme", "CAFÉ CRÈME"),
    ("Übergrößenträger", "ubergrossentrager"),
    ("STRASSE", "straße"),
    ("Ångström", "angstrom"),
    ("e\u0301cole", "école"),
    ("ﬁle ﬂow", "file flow"),
    ("Ελληνικά ΣΊΣΥΦΟΣ", "ελληνικα σισυφος"),
    ("Привет Ёлка", "елка"),
    ("مَرْحَبًا بالعالم", "مرحبا"),
    ("שָׁלוֹם", "שלום"),
    ("東京タワー", "東京"),
    ("프린터 고장", "프린터"),
    ("Tiếng Việt", "tieng viet"),
    ("İstanbul", "istanbul"),
    ("error 0x80070005", "0x80070005"),
    ("v1.2.3-rc4 released", "v1.2.3-rc4"),
    ("mail ada@example.org", "ada@example.org"),
    ("1e5abc 12abc", "1e5abc"),
    ("C++ and C#", "c++"),
    ("hello_world", "world"),
    ("don't", "don't"),
]


@pytest.mark.parametrize("reverse", [False, True])
def test_accents_case_and_scripts_are_folded_alike(desk, reverse):
    numbers = {}
    for written, sought in SPELLINGS:
        stored, query = (sought, written) if reverse else (written, sought)
        if reverse and set(folding.fold_words(query)) != set(folding.fold_words(stored)):
            continue  # only a part was sought
        numbers[query] = cast.create_ticket(desk.sam, stored)
    missed = [query for query, number in numbers.items() if number not in found(desk, query)]
    assert missed == []


def test_the_last_word_is_a_beginning_and_the_others_are_whole(desk):
    number = cast.create_ticket(desk.sam, "Keyboard broken")
    assert found(desk, "keyb") == [number]
    assert found(desk, "keyboard bro") == [number]
    assert found(desk, "keyb broken") == []
    assert found(desk, "broken keyboard") == [number]


def test_the_largest_text_of_the_widest_letters_can_be_stored_and_found(desk):
    """PostgreSQL limits a tsvector to one megabyte; NFKD makes eighteen letters of U+FDFA."""
    wide = " ".join("\ufdfa" * 50 + str(n) for n in range(900))[: text.BODY_LIMIT]
    many = " ".join(f"w{n:06}" for n in range(text.BODY_LIMIT // 8))
    for body in (wide, many):
        number = cast.create_ticket(desk.sam, "Large", description=body)
        assert number in found(desk, "large")
    assert found(desk, "w000123") == [number]


def test_one_s_own_index_is_used_on_postgresql(desk):
    with see() as session:
        if session.get_bind().dialect.name == "sqlite":
            return
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = session.connection().execute(
            sa.text(
                "EXPLAIN SELECT ticket_id FROM search_entry "
                "WHERE to_tsvector('simple', search_entry.words) @@ to_tsquery('simple', '''a''')"
            )
        )
        assert "ix_search_entry_words" in str(plan.all())
