"""What a search shows: each text that matches, newest first, marked and escaped, and nothing that one may not read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.errors import Invalid
from lib.lists import search_results
from lib.lists.search_results import MatchLocation
from lib.search_index import backends, index
from lib.search_index import terms as search_terms
from lib.transactions import act, see
from tests import cast
from tests.support import effort

pytestmark = pytest.mark.both_databases("each database has its own full-text index")


@pytest.fixture
def said(desk):
    """Words in a title, a description, a reply and a note."""
    lamp = cast.create_ticket(desk.sam, "The lamp flickers", description="Since Monday.")
    chair = cast.create_ticket(desk.bob, "My chair", description="It squeaks like the lamp & did <b>")
    cast.add_comment(desk.rita, lamp, "We ordered a new LÁMP for you")
    cast.add_comment(desk.rita, lamp, "Sam broke the lamp, canary", internal=True)
    return {"lamp": lamp, "chair": chair}


def find(actor, line, **more):
    with see() as session:
        return search_results.find(session, actor, line, **more)


def seen(actor, line):
    return [(hit.number, hit.where) for hit in find(actor, line).hits]


@pytest.fixture(
    params=[
        "rare",
        "common",
        "common, and the newest are looked at first",
        "common, few tried",
        "unsure, few tried",
    ]
)
def way(request, monkeypatch):
    if request.param != "rare":
        monkeypatch.setattr(index, "COMMON_WORD_TEXTS", 0)
    if "common" in request.param:
        monkeypatch.setattr(backends, "is_known_count", lambda *_given, **_more: True)
    if "newest" in request.param:
        monkeypatch.setattr(index, "WINDOW", 2)
    if "few" in request.param:
        monkeypatch.setattr(index, "SCAN_FACTOR", dict.fromkeys(index.SCAN_FACTOR, 1))


def test_every_way_finds_the_same_texts(desk, said, way):
    lamp, chair = said["lamp"], said["chair"]
    whole = [
        (lamp, MatchLocation.NOTE),
        (lamp, MatchLocation.REPLY),
        (chair, MatchLocation.DESCRIPTION),
        (lamp, MatchLocation.TITLE),
    ]
    assert seen(desk.rita, "lamp") == whole
    assert seen(desk.rita, "lamp requester:sam") == [whole[0], whole[1], whole[3]]
    assert seen(desk.sam, "lamp") == [whole[1], whole[3]]
    assert seen(desk.bela, "lamp") == []
    found, after = [], None
    while after is not None or not found:
        page = find(desk.rita, "lamp", after=after, limit=1)
        found, after = [*found, *((hit.number, hit.where) for hit in page.hits)], page.next
    assert found == whole


def test_staff_find_every_text_newest_first(desk, said):
    lamp, chair = said["lamp"], said["chair"]
    assert seen(desk.rita, "lamp") == [
        (lamp, MatchLocation.NOTE),
        (lamp, MatchLocation.REPLY),
        (chair, MatchLocation.DESCRIPTION),
        (lamp, MatchLocation.TITLE),
    ]
    assert [hit.snippet_html for hit in find(desk.rita, "lamp").hits] == [
        "Sam broke the <mark>lamp</mark>, canary",
        "We ordered a new <mark>LÁMP</mark> for you",
        "It squeaks like the <mark>lamp</mark> &amp; did &lt;b&gt;",
        "The <mark>lamp</mark> flickers",
    ]


def test_p13_a_requester_finds_their_own_texts_and_no_note(desk, said):
    assert seen(desk.sam, "lamp") == [
        (said["lamp"], MatchLocation.REPLY),
        (said["lamp"], MatchLocation.TITLE),
    ]
    assert seen(desk.sam, "canary") == [] and seen(desk.bob, "flickers") == []
    assert seen(desk.bela, "lamp") == []


def test_a_beginning_finds_and_marks_the_whole_word(desk, said):
    assert find(desk.sam, "fli").hits[0].snippet_html == "The lamp <mark>flickers</mark>"


def test_qualifiers_narrow_and_alone_choose_tickets(desk, said):
    assert seen(desk.ada, "lamp requester:bob") == [(said["chair"], MatchLocation.DESCRIPTION)]
    assert seen(desk.ada, "requester:sam") == [(said["lamp"], MatchLocation.TITLE)]
    assert seen(desk.ada, f"#{said['chair']}") == [(said["chair"], MatchLocation.TITLE)]
    assert seen(desk.ada, "") == [] and seen(desk.ada, "tag:") == []


@pytest.mark.parametrize("line", ["lamp", "is:open"])
def test_pages_leave_nothing_out_and_repeat_nothing(desk, said, line):
    whole = find(desk.rita, line).hits
    found, after = [], None
    while True:
        page = find(desk.rita, line, after=after, limit=1)
        found += page.hits
        after = page.next
        if after is None:
            break
    assert tuple(found) == whole and len(found) >= 2
    for wrong in ("x", "1"):
        with pytest.raises(Invalid):
            find(desk.rita, line, after=wrong)


def test_what_was_taken_back_or_deleted_is_not_found(desk, said):
    from lib.conversation import comments
    from lib.tickets import tickets

    with act() as session:
        ticket = tickets.find(session, desk.rita, said["lamp"], to_change=True)
        card = comments.list_for_ticket(session, desk.rita, ticket)[0]
        comments.remove(session, desk.rita, *comments.get_with_ticket(session, desk.rita, card.id))
        tickets.delete(session, desk.ada, tickets.find(session, desk.ada, said["chair"]), reason="spam")
    assert seen(desk.rita, "lamp") == [
        (said["lamp"], MatchLocation.NOTE),
        (said["lamp"], MatchLocation.TITLE),
    ]


def test_the_last_of_common_words_stands_for_itself(desk, said, monkeypatch):
    cast.create_ticket(desk.sam, "Lam")
    assert len(find(desk.rita, "lam").hits) == 5
    monkeypatch.setattr(index, "COMMON_WORD_TEXTS", 0)
    monkeypatch.setattr(backends, "is_known_count", lambda *_given, **_more: True)
    assert len(find(desk.rita, "lam").hits) == 1


@given(
    body=st.text(max_size=600), words=st.lists(st.text(alphabet="abß", min_size=1, max_size=3), max_size=4)
)
def test_a_snippet_is_safe_and_short(body, words):
    made = search_results.render_snippet(body, search_terms.parse_query(" ".join(words)).terms)
    plain = made.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in plain and ">" not in plain
    assert made.count("<mark>") == made.count("</mark>")
    assert len(plain) <= 6 * (search_results.SNIPPET_LENGTH + 2)


def test_a_snippet_begins_near_what_was_found(desk):
    body = "word " * 200 + "needle " + "word " * 200
    made = search_results.render_snippet(body, search_terms.parse_query("needle").terms)
    assert made.startswith("…word") and made.endswith("word…") and "<mark>needle</mark>" in made


@pytest.mark.parametrize("before", [0, 10, 2_995, 2_999, 3_000, 3_998, 4_001, 6_000, 40_000])
@pytest.mark.parametrize("letter", ["x", "漢", "é "])
def test_a_word_is_shown_wherever_it_stands_in_a_long_text(before, letter):
    body = f"{(letter * before)[:before]} needle pin{letter * 9_000}"[:50_000]
    made = search_results.render_snippet(body, search_terms.parse_query("needle").terms)
    assert made.count("<mark>needle</mark>") == 1


def test_a_part_of_a_word_is_not_shown_where_a_long_text_is_cut():
    for gap in range(2_980, 4_010):
        body = "x" * (gap % 7) + " " * gap + "concatenate " + " " * 3_000
        for part in ("con", "concat", "cat"):
            assert not search_terms.find_first_spans(body, search_terms.parse_query(f'"{part}"').terms), gap


@pytest.mark.parametrize("body", ["ab " * 16_000, "漢字" * 25_000, "é ü " * 12_500, "a.b@c " * 8_000])
def test_a_snippet_of_a_long_text_costs_little(body):
    for asked in ("zz", "ab", "漢", "zz ab cd ef gh"):
        terms = search_terms.parse_query(asked).terms
        assert effort.measure_seconds(search_results.render_snippet, body, terms, enough=0.05) < 0.05
