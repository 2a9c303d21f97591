"""What a text is found by: one table of texts and queries, asked of both databases, and a plain model."""

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from db.models import ReindexProgress, SearchEntry, Ticket
from lib.access import gate
from lib.core import folding, text
from lib.lists import search_results
from lib.search_index import index, reindexing
from lib.search_index import terms as search_terms
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED
from worker import reindexing as worker_refolding

pytestmark = pytest.mark.both_databases("each database has its own full-text index")


TABLE = [
    # Scripts without spaces
    ("新しいプリンターで印刷できません", "印刷", True),
    ("新しいプリンターで印刷できません", "プリンター", True),
    ("新しいプリンターで印刷できません", "刷", True),
    ("新しいプリンターで印刷できません", "ん", True),
    ("新しいプリンターで印刷できません", "印刷できません", True),
    ("新しいプリンターで印刷できません", "刷印", False),
    ("新しいプリンターで印刷できません", "新刷", False),
    ("バスが来た", "パス", False),
    ("ﾌﾟﾘﾝﾀｰ", "プリンター", True),
    ("打印机无法打印彩色文件", "打印机", True),
    ("打印机无法打印彩色文件", "彩色", True),
    ("打印机无法打印彩色文件", "文件打", False),
    ("打印机无法打印彩色文件", "打印 文件", True),
    ("我们更新了Windows系统", "windows", True),
    ("我们更新了Windows系统", "了windows系", True),
    ("회의실프린터가고장났습니다", "프린터", True),
    ("회의실 프린터가 고장났습니다", "프린터 고장", True),
    ("회의실 프린터가 고장났습니다", "터프", False),
    ("เครื่องพิมพ์ไม่ทำงาน", "พิมพ์", True),
    ("เครื่องพิมพ์ไม่ทำงาน", "ทำงาน", True),
    ("เครื่องพิมพ์ไม่ทำงาน", "งานทำ", False),
    ("ម៉ាស៊ីនបោះពុម្ពខូច", "បោះពុម្ព", True),
    ("ເຄື່ອງພິມບໍ່ເຮັດວຽກ", "ພິມ", True),
    ("𠮷野家のサーバー", "野家", True),
    ("हिन्दी में प्रिंटर", "प्रिंटर", True),
    # Letters that are written in several ways
    ("Łódź", "lodz", True),
    ("lodz", "Łódź", True),
    ("Øresund", "oresund", True),
    ("Straße", "strasse", True),
    ("STRASSE", "straße", True),
    ("Đorđe Þór Ægir œuvre", "dorde thor aegir oeuvre", True),
    ("ħamra ŋaŋ \u0131slak", "hamra nan islak", True),
    ("Қазақстан", "казакстан", True),
    ("Größe", "grosse", True),
    ("١٢٣", "123", True),
    ("don\u2019t panic", "don't", True),
    ("l\u2019imprimante", "imprimante", True),
    ("п\u02bcять", "п'ять", True),
    # What can't be seen
    ("pass\u00adword", "password", True),
    ("pass\u200bword", "password", True),
    ("password", "pass\u00adword", True),
    ("pa\u2060ss\ufeffword", "password", True),
    ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645", True),
    ("🖨\ufe0f broken", "🖨", True),
    ("🖨 broken", "🖨\ufe0f", True),
    ("🖨 broken", "💾", False),
    ("cost 5€", "€", True),
    # Codes
    ("Server 10.20.30.40 is down", "10.20.30.40", True),
    ("http://10.20.30.40:8080/x", "10.20.30.40", True),
    ("10.20.30.40-10.20.30.50", "10.20.30.40", True),
    ("10.20.30.40/24, and (10.20.30.41).", "10.20.30.41", True),
    ("110.20.30.40", "10.20.30.40", False),
    ("10.20.30.401", "10.20.30.40", False),
    ("10.20.30.40.50", "10.20.30.40", False),
    ("10 20 30 40", "10.20.30.40", False),
    ("10-20-30-40", "10.20.30.40", False),
    ("40.30.20.10", "10.20.30.40", False),
    ("10.20.30.40", "10.20.30.4", False),
    ("10.20.30.40", "20.30.40", False),
    ("10.20.30.40", "10.20.30.4*", True),
    ("mail to <x@example.org>.", "x@example.org", True),
    ("mailto:X@Example.org", "x@example.org", True),
    ("x@example.org.uk", "x@example.org", False),
    ("xx@example.org", "x@example.org", False),
    ("j.x@example.org", "x@example.org", False),
    ("j-x@example.org", "x@example.org", False),
    ("x@example.com", "x@example.org", False),
    ("x example org", "x@example.org", False),
    ("x@example.org", "example.org", True),
    ("https://www.example.org/a", "example.org", True),
    ("example.organic", "example.org", False),
    ("failed with 0x80070005!", "0x80070005", True),
    ("Code=0X80070005", "0x80070005", True),
    ("0x800700051", "0x80070005", False),
    ("0x80070057", "0x80070005", False),
    ("0x8007 0005", "0x80070005", False),
    ("0x80070005", "0x8007*", True),
    ("MAC:00:1A:2B:3C:4D:5E", "00:1a:2b:3c:4d:5e", True),
    ("00:1A:2B:3C:4D:5E:6F", "00:1a:2b:3c:4d:5e", False),
    ("route 2001:db8::1/64", "2001:db8::1", True),
    ("2001:db8::1:5", "2001:db8::1", False),
    ("fe80::1", "fe80::1", True),
    ("v1.2.3-rc4", "1.2.3", False),
    ("v1.2.3-rc4", "v1.2.3-rc4", True),
    ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000", True),
    ("C:\\_temp\\report.final.pdf", "report.final.pdf", True),
    ("C:\\_temp\\report.final.pdf", "c:\\_temp", True),
    ("error 1045", "1045", True),
    ("error 10450", "1045", False),
    # Phrases
    ("The paper jam again", '"paper jam"', True),
    ("The paper, jam again", '"paper jam"', True),
    ("jam on the paper", '"paper jam"', False),
    ("paper and jam", '"paper jam"', False),
    ("paper jams", '"paper jam"', False),
    ("The paper jam again", "\u201cpaper jam\u201d", True),
    ("The paper jam again", '"paper jam', True),
    ("The paper jam again", 'again "paper jam"', True),
    ("follow-up call", "follow-up", True),
    ("follow the call up", "follow-up", False),
    ("lamp and chair", "chair, lamp", True),
    ("don't", "dont", False),
]


def found(actor, query: str) -> set[int]:
    with see() as session:
        matches = index.match_tickets(session, actor, query)
        if matches is None:
            return set()
        return set(session.exec(gate.visible(actor, Ticket.id).where(matches.condition)).all())


@pytest.mark.parametrize("way", ["looked up", "gathered", "tried"])
def test_both_databases_find_the_same(desk, monkeypatch, way):
    if way != "looked up":
        monkeypatch.setattr(index, "FEW_MATCHES", 0)
        monkeypatch.setattr(index, "LOOKUP_FACTOR", 0)
        monkeypatch.setattr(index.backends, "is_known_count", lambda *_given: True)
        monkeypatch.setattr(
            index, "GATHER_FACTOR", dict.fromkeys(index.GATHER_FACTOR, 0 if way == "tried" else 10**6)
        )
    numbers = {
        written: cast.create_ticket(desk.sam, written) for written in dict.fromkeys(row[0] for row in TABLE)
    }
    wrong = [
        (written, query, expected)
        for written, query, expected in TABLE
        if (numbers[written] in found(desk.ada, query)) is not expected
    ]
    assert wrong == []


@pytest.mark.parametrize(("written", "query"), [(w, q) for w, q, expected in TABLE if expected])
def test_what_was_found_is_marked(written, query):
    assert "<mark>" in search_results.render_snippet(written, search_terms.parse_query(query).terms)


def test_a_piece_of_a_text_without_spaces_is_marked_alone():
    terms = search_terms.parse_query("印刷").terms
    assert (
        search_results.render_snippet("新しいプリンターで印刷できません", terms)
        == "新しいプリンターで<mark>印刷</mark>できません"
    )
    assert (
        search_results.render_snippet(
            "Server 10.20.30.40", search_terms.parse_query("10.20.30.40").terms
        ).count("<mark>")
        == 4
    )


def test_no_phrase_reaches_from_the_title_into_the_description(desk):
    number = cast.create_ticket(desk.sam, "Out of paper", description="Jam for breakfast")
    assert found(desk.ada, '"paper jam"') == set()
    assert found(desk.ada, "paper jam") == {number}


LETTERS = "abłßé印刷プリは고장พิ้. @-'\u00ad\u200b1 20🖨"


def model(written: str, query: str) -> bool:
    """Look for one plain piece of a text the slow way: letter by letter, between what are no letters."""
    there, wanted = folding.fold(written), folding.fold(query)
    for place in (m.start() for m in re.finditer(f"(?={re.escape(wanted)})", there)):
        before, after = there[:place][-1:], there[place + len(wanted) :][:1]
        inside = re.compile(r"[a-z0-9]")
        begins = not (inside.match(wanted[0]) and inside.match(before))
        ends = (wanted.isalpha() and len(wanted) >= 3) or not (
            inside.match(wanted[-1]) and inside.match(after)
        )
        if begins and ends:
            return True
    return False


@given(
    written=st.text(alphabet=LETTERS, max_size=40).map(lambda value: unicodedata.normalize("NFC", value)),
    query=st.one_of(
        st.text(alphabet="印刷プリは", min_size=1, max_size=4),
        st.text(alphabet="고장", min_size=1, max_size=3),
        st.text(alphabet="ablße", min_size=1, max_size=4),
        st.text(alphabet="012", min_size=1, max_size=3),
    ),
)
@settings(max_examples=600)
def test_a_word_is_held_where_a_plain_look_finds_it(written, query):
    indexed = search_terms.tokenize(written)
    assert all(term.held(indexed) for term in search_terms.parse_query(query).terms) is model(written, query)


@given(written=st.text(max_size=200).filter(text.is_storable))
@settings(max_examples=400)
def test_tokens_are_words_that_no_database_cuts(written):
    indexed = search_terms.tokenize(written)
    assert folding.fold(folding.fold(written)) == folding.fold(written)
    for token in indexed.split(" "):
        assert token == "" or all(
            (c.isascii() and c.isalnum()) or unicodedata.category(c)[0] == "L" for c in token
        )
        assert token == token.strip()


@given(written=st.lists(st.text(min_size=1, max_size=12).filter(text.is_storable), min_size=1, max_size=6))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_databases_hold_what_python_holds(desk, written):
    texts = [value for value in written if search_terms.tokenize(value)]
    numbers: list[int] = []
    for value in texts:
        number = cast.create_ticket(desk.sam, "x", description=value)
        numbers.append(number)
    for query in texts:
        terms = search_terms.parse_query(query).terms
        if terms:
            expected = {
                number
                for number, value in zip(numbers, texts, strict=True)
                if all(
                    term.held(search_terms.tokenize("x", text.clean_block(value, field="x", required=False)))
                    for term in terms
                )
            }
            assert found(desk.ada, query) & set(numbers) == expected


def test_the_largest_texts_of_every_kind_can_be_stored_and_found(desk):
    def letters(first: int, number: int) -> str:
        return "".join(chr(first + n * 7 % number) for n in range(text.BODY_LIMIT))

    for body in (
        letters(0x4E00, 20_000),
        letters(0x20000, 40_000),
        letters(0x30000, 4_000),
        letters(0xE01, 0x39),
    ):
        number = cast.create_ticket(desk.sam, "Large", description=body)
        assert number in found(desk.ada, body[40_000:40_004])
    for body in (
        " ".join(f"{n:x}.y{n:x}" for n in range(9000))[: text.BODY_LIMIT],
        " ".join(".".join(f"h{n}x{m}" for m in range(9)) for n in range(2000))[: text.BODY_LIMIT],
        (".".join(f"{n}" for n in range(12000)))[: text.BODY_LIMIT],
    ):
        cast.create_ticket(desk.sam, "Large", description=body)
    assert len(found(desk.ada, "large")) == 7


def _earlier(session) -> None:
    """Index every text as an earlier version did."""
    for entry, title, description in session.exec(
        select(SearchEntry, Ticket.title, Ticket.description)
        .join(Ticket, col(Ticket.id) == SearchEntry.ticket_id)
        .execution_options(**UNSCOPED)
    ).all():
        entry.words = " ".join(re.findall(r"[^\W_]+", text.fold_case_and_accents(f"{title} {description}")))
    session.get_one(ReindexProgress, 1).below = 1000


def test_texts_stay_findable_while_they_are_indexed_again(desk, monkeypatch):
    monkeypatch.setattr(reindexing, "BATCH_SIZE", 2)
    written = ["印刷できません", "Łódź", "Server 10.20.30.40", "don't panic"]
    numbers = [cast.create_ticket(desk.sam, value) for value in written]
    queries = ["印刷", "Łódź", "10.20.30.40", "don't"]
    with act() as session:
        _earlier(session)

    def all_found() -> bool:
        return all(n in found(desk.ada, q) for n, q in zip(numbers, queries, strict=True))

    more = True
    while more:
        assert all_found()
        with act() as session:
            more = reindexing.reindex_batch(session)
    assert all_found()
    assert found(desk.ada, "ません") == {numbers[0]} and found(desk.ada, "lodz") == {numbers[1]}
    with see() as session:
        assert reindexing.pending_below(session) == 0


def test_the_worker_indexes_again_what_waits(desk):
    number = cast.create_ticket(desk.sam, "新しいプリンターで印刷できません")
    with act() as session:
        _earlier(session)
    assert found(desk.ada, "できません") == set()
    worker_refolding.stopping.clear()
    worker_refolding.run()
    assert found(desk.ada, "できません") == {number}
