"""The language of the search box: what it means, and that no input breaks it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from db.models import Ticket
from db.vocabulary import StatusCategory
from lib.access import gate
from lib.catalog import statuses
from lib.core.errors import Invalid
from lib.lists import date_ranges, query_language, search_results, ticket_list
from lib.search_index import backends, index, terms
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases(
    "a query becomes SQL that each database plans and compares its own way"
)


EXAMPLES = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = [
    "me", "none", "open", "mine", "blocked", "high,urgent", '"Service desk"', "servicedesk", "rita", "2026-01-01",
    ">2026-01-01", "<=9999-12-31", "0001-01-01..", "2026-13", "2026-02-30", ">", "..", "today", "!", '"', ",", "",
    "x" * 300, "\x00", "\ud800", "9" * 30, "%", "'; DROP TABLE ticket; --", "*", "٣",
]  # fmt: skip
pieces = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=8),
    st.tuples(
        st.sampled_from(["", "-", "--"]),
        st.sampled_from([*sorted(query_language.QUALIFIER_NAMES), "STATUS", "nothing", "q"]),
        st.sampled_from(VALUES) | st.text(max_size=6),
    ).map(lambda t: f"{t[0]}{t[1]}:{t[2]}"),
    st.sampled_from(
        ["#1", "#999999999", "#9999999999", "##", "42", '"', "-word", "::", "http://example.org"]
    ),
)
lines = st.lists(pieces, max_size=8).map(" ".join)


@pytest.fixture
def office(desk):
    """Five tickets that differ in all that can be asked for."""
    numbers = {}
    for name, asker, day in (
        ("printer", desk.sam, 5), ("door", desk.bob, 10), ("laptop", desk.sam, 15), ("lamp", desk.kim, 20),
        ("vpn", desk.rita, 25),
    ):  # fmt: skip
        with time_machine.travel(datetime(2026, 1, day, 12, tzinfo=UTC), tick=False):
            numbers[name] = cast.create_ticket(asker, f"The {name} is broken", tags=[name])
    with act() as session:
        found = {
            t.title.split()[1]: t for t in session.exec(select(Ticket).execution_options(**UNSCOPED)).all()
        }
        found["printer"].enter(statuses.get(session, "Blocked"), at=found["printer"].created_at)
        found["door"].enter(statuses.get(session, "Completed"), at=found["door"].created_at)
        found["laptop"].priority = 3
        found["laptop"].assignee_id = desk.rita.id
        found["lamp"].team_id = desk.facilities
        found["lamp"].assignee_id = desk.bela.id
    return numbers


def found(actor, *asked, **more):
    with see() as session:
        narrowed = query_language.parse_parameters(session, actor, {"q": asked, **more}).narrowed
        return {row.title.split()[1] for row in ticket_list.get_page(session, actor, narrowed).rows}


def puzzled(actor, *asked):
    with see() as session:
        return query_language.parse_parameters(session, actor, {"q": asked}).puzzled


ALL = {"printer", "door", "laptop", "lamp", "vpn"}
MEANINGS = {
    "": ALL,
    "broken": ALL,
    "lap": {"laptop"},
    "is:open": ALL - {"door"},
    "-is:open": {"door"},
    "is:done": {"door"},
    "is:closed": {"door"},
    "is:open is:blocked": {"printer"},
    "is:blocked,done": {"printer", "door"},
    "is:unassigned": {"printer", "door", "vpn"},
    "is:assigned": {"laptop", "lamp"},
    "-is:unassigned": {"laptop", "lamp"},
    "status:blocked": {"printer"},
    "STATUS:Blocked": {"printer"},
    "status:to-do": {"laptop", "lamp", "vpn"},
    'status:"to do"': {"laptop", "lamp", "vpn"},
    "-status:todo": {"printer", "door"},
    "status:comp": {"door"},
    "status:blocked,completed": {"printer", "door"},
    "status:blocked status:completed": {"printer", "door"},
    "-status:blocked -status:completed": {"laptop", "lamp", "vpn"},
    "priority:high": {"laptop"},
    "-priority:HIGH": ALL - {"laptop"},
    "category:general": ALL,
    "team:facilities": {"lamp"},
    'team:"Service desk"': ALL - {"lamp"},
    "assignee:rita": {"laptop"},
    "assignee:bela.kun@example.org": {"lamp"},
    "assignee:none": {"printer", "door", "vpn"},
    "-assignee:rita": ALL - {"laptop"},
    "requester:sam": {"printer", "laptop"},
    'requester:"sam reed",kim': {"printer", "laptop", "lamp"},
    "team:mine": ALL,
    "is:waiting": ALL - {"vpn"},
    "is:staff-opened": {"vpn"},
    "responder:me": set(),
    "resolver:rita": set(),
    "is:unanswered": ALL - {"vpn"},
    "is:answered": set(),
    "is:on-behalf": set(),
    "-is:on-behalf": ALL,
    "tag:lamp": {"lamp"},
    "-tag:LAMP broken": ALL - {"lamp"},
    "created:>2026-01-15": {"lamp", "vpn"},
    "created:>=2026-01-15": {"laptop", "lamp", "vpn"},
    "created:<2026-01-10": {"printer"},
    "created:<=2026-01-10": {"printer", "door"},
    "-created:>2026-01-15": {"printer", "door", "laptop"},
    "created:2026-01-10": {"door"},
    "created:2026-01-10..2026-01-20": {"door", "laptop", "lamp"},
    "created:>2026-01-05 created:<2026-01-20": {"door", "laptop"},
    "created:2026-01": ALL,
    "created:2025": set(),
    "created:today": set(),
    "created:7d": set(),
    "-created:7d": ALL,
    "created:9999d..7d": ALL,
    "created:2026-01-10T12:00Z..2026-01-15T12:00Z": {"door"},
    "created:<2026-01-10T12:00:01Z": {"printer", "door"},
    "resolved:2026": {"door"},
    "responded:>=2026-01-01": set(),
    "updated:<2026-01-12": {"printer", "door"},
    "http://broken": set(),
    "nothing:broken": set(),
}  # fmt: skip


def test_what_a_line_means(office, desk):
    assert {line: found(desk.ada, line) for line in MEANINGS} == MEANINGS
    understood = [line for line in MEANINGS if line != "nothing:broken"]
    assert {line: puzzled(desk.ada, line) for line in understood} == dict.fromkeys(understood, ())


def test_me_is_whoever_asks(office, desk):
    assert found(desk.rita, "assignee:me") == found(desk.rita, "is:mine") == {"laptop"}
    assert found(desk.rita, "requester:me") == {"vpn"}
    assert found(desk.sam, "requester:me") == {"printer", "laptop"}


def test_numbers_choose_and_a_number_alone_jumps(office, desk):
    assert found(desk.ada, f"#{office['lamp']} #{office['door']}") == {"lamp", "door"}
    assert query_language.parse(" #12 ").jump == query_language.parse("12").jump == 12
    assert query_language.parse("12 printers").jump is None
    assert query_language.parse("#1234567890").jump is None


def test_several_lines_mean_either_and_other_parameters_hold_too(office, desk):
    assert found(desk.ada, "is:done", "priority:high laptop") == {"door", "laptop"}
    assert found(desk.ada, "is:open", "", priority=["high"]) == {"laptop"}
    assert found(desk.ada, "status:blocked", status=["Completed"]) == set()


STRANGE = [
    "status:nowhere", "is:weird", "priority:5", "team:none", "assignee:nobody-here", "created:yesteryear", "tag:",
    "created:2026-02-30", "-created:2026-01-10", 'tag:""', "created:2026-01-20..2026-01-10", f"assignee:{'x' * 300}",
    "created:<>2026-01-10", "created:<7d", "created:2026-01-10T12:00Z", "created:2026-01-10T99Z", "is:open,mine",
    "created:today,yesterday",
]  # fmt: skip


def test_what_can_t_be_understood_is_told_and_left_out(office, desk):
    for line in STRANGE:
        (sentence,) = puzzled(desk.ada, f"broken {line}")
        assert sentence.startswith(f"“{line[:60]}” was ignored: ") and sentence.endswith("."), line
        assert found(desk.ada, f"broken {line}") == ALL, line


def test_a_requester_learns_nobody_s_name(office, desk):
    """Neither by a filter that works nor by one that does not."""
    for name in ("bob", "zoe"):
        assert puzzled(desk.sam, f"requester:{name}") == (
            f"“requester:{name}” was ignored: no person has that name.",
        )
    assert found(desk.sam, "requester:bob") == {"printer", "laptop"}


@EXAMPLES
@given(line=lines | st.text(max_size=200))
def test_no_line_breaks_the_search_or_shows_more(office, desk, line):
    query_language.parse(line)
    with see() as session:
        for actor in (desk.rita, desk.sam):
            visible = set(session.exec(gate.visible(actor, Ticket.id)))
            try:
                narrowed = query_language.parse_parameters(session, actor, {"q": [line]}).narrowed
            except Invalid:
                assert "\x00" in line or any("\ud800" <= c <= "\udfff" for c in line)
                continue
            assert {row.number for row in ticket_list.get_page(session, actor, narrowed).rows} <= visible
            assert ticket_list.count(session, actor, narrowed) <= len(visible)


def test_a_very_long_line_is_read_to_its_limits(office, desk):
    assert found(desk.ada, "is:open " * 5000) == ALL - {"door"}
    assert found(desk.ada, "tag:lamp,door," * 1000 + "x") == ALL
    assert len(puzzled(desk.ada, "tag:" + "lamp," * 300)) == 1


def test_every_example_is_understood(desk):
    with act() as session:
        cast.hire(session, "Network Rita", "agent")
    for qualifier in query_language.QUALIFIERS:
        for example in qualifier.examples:
            if example.startswith(("category:", "field:")):
                continue
            assert puzzled(desk.rita, example) == (), example


def test_days_are_the_person_s_own():
    begin, end = date_ranges.parse("2026-01-31", timezone="Pacific/Auckland") or (None, None)
    assert begin == datetime(2026, 1, 30, 11, tzinfo=UTC) and end == datetime(2026, 1, 31, 11, tzinfo=UTC)
    assert date_ranges.parse("2026-01-31", timezone="No/Where") == date_ranges.parse(
        "2026-01-31", timezone=None
    )
    assert date_ranges.parse("2026-12", timezone=None) == (
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    )
    with time_machine.travel(datetime(2026, 3, 1, 0, 30, tzinfo=UTC), tick=False):
        assert date_ranges.parse("yesterday", timezone="America/New_York")[0] == datetime(
            2026, 2, 27, 5, tzinfo=UTC
        )


DUE = {
    "due:2026-03-01": {"lamp"},
    "due:today": {"lamp"},
    "due:tomorrow": {"vpn"},
    "due:<today": {"laptop"},
    "due:<=2026-03-01": {"laptop", "lamp"},
    "-due:<today": {"lamp", "vpn", "door"},
    "due:7d": {"lamp", "vpn", "door"},
    "due:6d": {"lamp", "vpn"},
    "due:>today due:<2026-03-08": {"vpn"},
    "due:2026-03": {"lamp", "vpn", "door"},
    "due:yesterday..tomorrow": {"laptop", "lamp", "vpn"},
}


def test_due_is_a_day_of_the_calendar_and_counts_ahead(office, desk):
    """Where it is the first of March already while Greenwich still has the last of February."""
    days_due = {"laptop": "2026-02-28", "lamp": "2026-03-01", "vpn": "2026-03-02", "door": "2026-03-08"}
    with act() as session:
        for name, day in days_due.items():
            tickets.find(session, desk.ada, office[name], to_change=True).due_on = date.fromisoformat(day)
    there = replace(desk.ada, timezone="Asia/Tokyo")
    with time_machine.travel(datetime(2026, 2, 28, 20, tzinfo=UTC), tick=False):
        for line, expected in DUE.items():
            assert found(there, line) == expected, line
        for line in ("due:99999999d", "due:soon", "-due:2026-03-01"):
            assert len(puzzled(there, line)) == 1, line
        assert puzzled(there, "due:999999d") == ()


def test_a_tag_is_chosen_as_it_is_stored(desk):
    number = cast.create_ticket(desk.rita, tags=["Two Words", "!odd"])
    with see() as session:
        assert tickets.list_tags(session, tickets.find(session, desk.rita, number)) == ["!odd", "two words"]
    assert found(desk.rita, 'tag:"two words"') == {"printer"}


@given(values=st.lists(st.text(max_size=10), max_size=4), negated=st.booleans())
def test_what_is_written_is_read_again(values, negated):
    line = query_language.format_qualifier("tag", values, negated=negated)
    (term,) = query_language.parse(f"before {line} after").terms
    assert (term.name, term.negated) == ("tag", negated)
    unquoted = (value.translate(terms.QUOTES).replace('"', " ") for value in values)
    assert list(term.values) == [v for value in unquoted if (v := " ".join(value.split()))]
    assert query_language.remove_qualifier(f"before {line} after", 0) == "before after"


def test_one_qualifier_is_taken_out_and_the_rest_stays():
    line = 'lamp status:blocked -tag:"two words" status:done'
    assert query_language.remove_qualifier(line, 1) == "lamp status:blocked status:done"
    assert query_language.remove_qualifier(line, 3) == query_language.remove_qualifier(line, -1) == line


def test_what_would_be_tried_one_by_one_is_told_so_that_nobody_counts_it(office, desk, monkeypatch):
    monkeypatch.setattr(index, "FEW_MATCHES", 0)
    monkeypatch.setattr(index, "LOOKUP_FACTOR", 0)
    monkeypatch.setattr(backends, "is_known_count", lambda *_given, **_more: True)
    monkeypatch.setattr(index, "GATHER_FACTOR", dict.fromkeys(index.GATHER_FACTOR, 0))
    with see() as session:
        for line, tried in (("broken", True), ("is:open broken", True), ("is:open", False), ("", False)):
            assert (
                query_language.parse_parameters(session, desk.ada, {"q": [line]}).narrowed.tried == tried
            ), line


def numbers(actor, *asked, **more):
    with see() as session:
        narrowed = query_language.parse_parameters(session, actor, {"q": asked, **more}).narrowed
        return [row.number for row in ticket_list.get_page(session, actor, narrowed, sort="number").rows]


@pytest.mark.parametrize("line", ["***", "—", "...", "?!", "\u200b", '"***"', "\u00ad"])
def test_what_has_no_letter_finds_nothing_and_says_so(office, desk, line):
    assert found(desk.ada, line) == set()
    assert puzzled(desk.ada, line) == (f"“{line}” was ignored: it has no letter or digit to search for.",)
    with see() as session:
        page = search_results.find(session, desk.ada, line)
        assert page.hits == () and page.asked.puzzled == puzzled(desk.ada, line)


def test_beside_other_words_what_has_no_letter_is_left_out_and_named(office, desk):
    for line in ("broken ***", "*** broken", "is:open — broken"):
        assert found(desk.ada, line) == found(desk.ada, line.replace("***", "").replace("—", ""))
        assert len(puzzled(desk.ada, line)) == 1, line


def test_an_emoji_is_searched_as_it_stands(office, desk):
    number = cast.create_ticket(desk.sam, "The \U0001f5a8\ufe0f is broken")
    assert numbers(desk.ada, "\U0001f5a8\ufe0f") == [number] == numbers(desk.ada, "\U0001f5a8")
    assert puzzled(desk.ada, "\U0001f5a8\ufe0f") == ()
    assert numbers(desk.ada, "\U0001f4be") == []


@pytest.mark.parametrize("line", ["foo:bar", "-foo:bar", "Note:broken", "prio:high", "etat:ouvert"])
def test_an_unknown_filter_is_searched_as_words_and_named(office, desk, line):
    (sentence,) = puzzled(desk.ada, line)
    name = line.removeprefix("-").partition(":")[0]
    assert sentence.startswith(
        f"“{line}” was searched as words: there is no filter “{name}”. Use one of is, status,"
    )


@pytest.mark.parametrize(
    "line", ["http://broken", "C:\\broken", "10:30", "Error: broken", '"foo:bar"', "::1"]
)
def test_what_only_looks_like_a_filter_is_words(office, desk, line):
    assert puzzled(desk.ada, line) == ()


@pytest.mark.parametrize("line", ["-broken", "lamp OR door", "NOT broken"])
def test_what_works_elsewhere_and_not_here_is_said(office, desk, line):
    assert len(puzzled(desk.ada, line)) == 1


def test_what_comes_after_the_limits_is_said(office, desk):
    assert puzzled(desk.ada, "broken " * 400) == ("Only the first 2,000 characters of the search were read.",)
    many = " ".join(f"w{n}" for n in range(terms.MAX_TOKENS + 1))
    assert puzzled(desk.ada, many) == ("Only the first 64 words were searched.",)
    (sentence,) = puzzled(desk.ada, "is:open " * 41)
    assert sentence == "“is:open” was ignored: a search takes 40 filters."


def test_what_looks_like_a_number_is_a_word_too(office, desk):
    named = cast.create_ticket(desk.sam, "Upload fails", description="It says error #1045 again")
    other = cast.create_ticket(desk.sam, "Another error")
    assert numbers(desk.ada, "error #1045") == [named] == numbers(desk.ada, "#1045")
    assert numbers(desk.ada, f"#1045 #{other}") == [other]
    assert numbers(desk.ada, f"error #{other}") == [other]
    assert numbers(desk.ada, "#1045", status=["Completed"]) == []
    with see() as session:
        assert [hit.number for hit in search_results.find(session, desk.ada, "error #1045").hits] == [named]
        assert [hit.number for hit in search_results.find(session, desk.ada, f"#{other}").hits] == [other]
        first = search_results.find(session, desk.ada, f"error #{other}", limit=1)
        assert [hit.number for hit in first.hits] == [other] and first.next is None


def test_an_archived_status_finds_nothing_and_says_why(office, desk):
    with act() as session:
        row = statuses.create(session, desk.ada, name="Parked", kind=StatusCategory.PAUSED)
        statuses.archive(session, desk.ada, row)
        id = row.id
    sentence = "The status “Parked” is archived, so no ticket is in it."
    assert found(desk.ada, "status:parked") == set() and puzzled(desk.ada, "status:parked") == (sentence,)
    with see() as session:
        assert query_language.parse_parameters(session, desk.ada, {"status": ["Parked"]}).puzzled == (
            sentence,
        )
        assert query_language.parse_parameters(session, desk.ada, {"status": [str(id)]}).puzzled == (
            sentence,
        )
        assert search_results.find(session, desk.ada, "status:parked").asked.puzzled == (sentence,)


def test_only_what_is_understood_is_taken(office, desk):
    with see() as session:
        line = query_language.parse(
            "status:nowhere status:blocked tag: created:2026-13 is:open field:x=1 requester:sam"
        )
        assert query_language.interpret(session, desk.ada, line, words=False).taken == {1, 4, 6}


def test_curly_quotes_are_quotes(office, desk):
    assert found(desk.ada, "team:\u201cService desk\u201d") == ALL - {"lamp"}
    assert found(desk.ada, "\u201clamp is\u201d") == {"lamp"}
    assert found(desk.ada, "\u201cis lamp\u201d") == set()
