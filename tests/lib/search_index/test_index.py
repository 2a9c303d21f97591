"""Finding tickets by words: by looking matches up, by gathering them and by trying tickets, all find the same."""

import pytest

from lib.lists import filters, ticket_list
from lib.search_index import backends, index
from lib.transactions import see
from tests import cast

pytestmark = pytest.mark.both_databases("each database has its own full-text index")


WAYS = ["looked up", "gathered", "tried"]


@pytest.fixture
def asked(desk):
    """A desk with words in titles, in replies and in a note."""
    lamp = cast.create_ticket(desk.sam, "The lamp flickers")
    chair = cast.create_ticket(desk.sam, "My chair is broken", description="It squeaks like the lamp did")
    door = cast.create_ticket(desk.bob, "The door", team_id=None)
    cast.add_comment(desk.rita, door, "Somebody hid a lamp behind it", internal=True)
    cast.add_comment(desk.rita, door, "We oil the hinges today")
    return {"lamp": lamp, "chair": chair, "door": door}


def _choose(monkeypatch, way):
    if way != "looked up":
        monkeypatch.setattr(index, "FEW_MATCHES", 0)
        monkeypatch.setattr(index, "LOOKUP_FACTOR", 0)
        monkeypatch.setattr(backends, "is_known_count", lambda *_given, **_more: True)
        most = 0 if way == "tried" else 10**6
        monkeypatch.setattr(index, "GATHER_FACTOR", dict.fromkeys(index.GATHER_FACTOR, most))


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    _choose(monkeypatch, request.param)


def found(actor, *queries, sort="number", limit=50):
    with see() as session:
        narrowed = filters.parse_parameters(session, actor, {"q": queries})
        rows, cursor = [], None
        while True:
            page = ticket_list.get_page(session, actor, narrowed, sort=sort, limit=limit, cursor=cursor)
            rows += [row.number for row in page.rows]
            cursor = page.next
            if cursor is None:
                assert ticket_list.count(session, actor, narrowed) == len(rows)
                return rows


@pytest.mark.usefixtures("way")
class TestEveryWay:
    def test_staff_find_titles_replies_and_notes(self, desk, asked):
        assert found(desk.rita, "lamp") == [asked["lamp"], asked["chair"], asked["door"]]

    def test_a_requester_finds_their_own_and_never_by_a_note(self, desk, asked):
        assert found(desk.sam, "lamp") == [asked["lamp"], asked["chair"]]
        assert found(desk.bob, "lamp") == []
        assert found(desk.bob, "hinges") == [asked["door"]]

    def test_staff_of_another_team_find_nothing(self, desk, asked):
        assert found(desk.bela, "lamp") == []

    def test_every_word_must_be_in_one_text(self, desk, asked):
        assert found(desk.ada, "lamp flickers") == [asked["lamp"]]
        assert found(desk.ada, "flickers hinges") == []

    def test_one_of_several_queries_is_enough(self, desk, asked):
        assert found(desk.rita, "flickers", "hinges") == [asked["lamp"], asked["door"]]

    def test_the_beginning_of_the_last_word_is_enough(self, desk, asked):
        assert found(desk.rita, "fli") == [asked["lamp"]]

    def test_two_letters_are_a_whole_word(self, desk, asked):
        assert found(desk.rita, "la") == []
        assert found(desk.rita, "my") == [asked["chair"]]

    def test_pages_leave_nothing_out(self, desk, asked):
        assert found(desk.rita, "lamp", sort="-updated", limit=1) == [
            asked["door"],
            asked["chair"],
            asked["lamp"],
        ]


def test_two_letters_of_a_script_without_spaces_begin_a_word(desk):
    number = cast.create_ticket(desk.sam, "測定データの名前")
    assert found(desk.sam, "測定") == [number]


@pytest.mark.parametrize("way", WAYS)
def test_few_are_looked_up_more_are_gathered_and_too_many_tried(desk, asked, monkeypatch, way):
    _choose(monkeypatch, way)
    with see() as session:
        found = index.match_tickets(session, desk.rita, "lamp")
        assert (found.few, found.hits is not None, found.tried) == tuple(way == one for one in WAYS)


def test_postgresql_looks_up_a_word_that_its_statistics_do_not_know(desk, asked, monkeypatch):
    monkeypatch.setattr(index, "FEW_MATCHES", 0)
    monkeypatch.setattr(index, "COMMON_WORD_TEXTS", 0)
    monkeypatch.setattr(index, "LOOKUP_FACTOR", 0)
    monkeypatch.setattr(index, "GATHER_FACTOR", dict.fromkeys(index.GATHER_FACTOR, 0))
    with see() as session:
        guessed = not backends.is_sqlite(session)
        assert index.match_tickets(session, desk.rita, "lamp").few == guessed
    assert found(desk.rita, "flicker") == [asked["lamp"]]


def test_similar_looks_among_the_newest_only(desk, asked, monkeypatch):
    def titles():
        with see() as session:
            return [card.title for card in index.find_similar(session, desk.rita, "lamp flickers")]

    assert titles() == ["The lamp flickers"]
    monkeypatch.setattr(index, "WINDOW", 2)
    assert titles() == []
