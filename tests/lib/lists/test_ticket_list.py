"""P24, P25 (C25): lists never break, never repeat, never leave out, and end where they should, on both databases."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from db.models import Participant, Ticket
from db.vocabulary import Permission, Priority
from lib.access import gate, ticket_versions
from lib.catalog import statuses
from lib.catalog.ticket_fields import SORTED
from lib.core import clock, text
from lib.core.errors import Invalid
from lib.lists import filters, ticket_list
from lib.search_index import index
from lib.tickets import tickets
from lib.transactions import act, see
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("each database sorts, compares and cuts lists its own way")


EXAMPLES = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
ORDERS = [sign + name for name in SORTED for sign in ("", "-")]
anything = st.text(alphabet=st.characters(exclude_categories=()), max_size=12)
values = anything | st.sampled_from(
    [
        "me", "none", "!me", "!none", "1", "!1", "999999999", "9999999999", "-1", "0", "open", "done", "!done", "high",
        "!HIGH", "General", "!General", "Service desk", "To-Do", "printer", "2026-01-31", "2026-01-31T09:00:00Z",
        "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "20260131", "2026-W01", "!", '"', "'", "\\", "%",
        "* OR 1", "NEAR(a b)", "a:b", "a AND b", "(", "''; DROP TABLE ticket; --", "\x00", "\ud800", "x" * 3000,
    ]
)  # fmt: skip
parameters = st.dictionaries(st.sampled_from(filters.FIELDS), st.lists(values, max_size=4), max_size=4)


@pytest.fixture
def office(desk):
    """Thirty tickets of every kind, many of them equal in what lists are sorted by."""
    began = clock.now() - timedelta(days=3)
    with act() as session:
        done = statuses.get(session, "Completed")
        for n in range(30):
            asker = (desk.sam, desk.bob, desk.rita, desk.bela)[n % 4]
            with clock.travel_to(began + timedelta(hours=n // 5)):
                ticket = tickets.create(session, asker, title=f"Printer {n}")
                if n % 2 == 0:
                    tickets._replace_tags(session, ticket, ["even"])
                ticket.due_on = None if n % 3 else date(2026, 1, 1 + n % 4)
            ticket.priority = Priority(n % 3 + 1)
            ticket.team_id = (desk.service_desk, desk.facilities)[n // 4 % 2]
            ticket.confidential = n % 7 == 0
            ticket.assignee_id = (None, desk.rita.id, desk.bela.id)[n % 3]
            if n % 5 == 0:
                session.add(Participant(ticket_id=ticket.id, person_id=desk.kim.id))
            if n % 4 == 1:
                ticket.enter(done, at=clock.now())
            if n == 29:
                ticket.deleted_at = clock.now()
    return desk


def walk(session: Session, actor, narrowed=ticket_list.TicketFilter(), **more) -> list[int]:  # noqa: B008 - frozen
    """All numbers of a list, page by page."""
    found, cursor = [], None
    while True:
        page = ticket_list.get_page(session, actor, narrowed, cursor=cursor, **more)
        found += [row.number for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next


@pytest.mark.parametrize("who", ["ada", "mona", "rita", "bela", "sam", "kim"])
def test_paging_visits_each_visible_ticket_once_in_order(office, who):
    actor = getattr(office, who)
    with see() as session:
        chosen = select(Ticket).where(gate.visible_condition(actor)).execution_options(**UNSCOPED)
        seen = list(session.exec(chosen))
        assert (0 if who == "kim" else 3) < len(seen) < 30
        keys = {
            "updated": lambda t: (
                t.updated_at if ticket_versions.can_see_all_changes(actor, t) else t.public_updated_at,
                t.id,
            ),
            "created": lambda t: (t.created_at, t.id),
            "priority": lambda t: (t.priority, t.id),
            "due": lambda t: (t.due_on or date.max, t.id),
            "number": lambda t: t.id,
        }
        for order in ORDERS:
            wanted = sorted(seen, key=keys[order.lstrip("-")], reverse=order.startswith("-"))
            for limit in (1, 4, 50):
                assert walk(session, actor, sort=order, limit=limit) == [t.id for t in wanted], (order, limit)
        assert ticket_list.count(session, actor) == len(seen)


def test_a_page_of_many_teams_is_as_one_of_few(office):
    """More teams than are walked one by one."""
    from dataclasses import replace

    many = replace(
        office.rita, teams=frozenset({office.service_desk, *range(1000, 1000 + ticket_list.MAX_TEAM_WALKS)})
    )
    with see() as session:
        assert walk(session, many, limit=4) == walk(session, office.rita, limit=4)


def test_somebody_who_may_see_nothing_sees_an_empty_list(office):
    nobody = gate.system_actor("tests", Permission.REPORT_VIEW)
    with see() as session:
        assert ticket_list.get_page(session, nobody) == ticket_list.Page((), None)
        assert ticket_list.count(session, nobody) == 0


@EXAMPLES
@given(given_in=parameters, order=st.sampled_from(ORDERS))
def test_no_parameter_breaks_a_list_or_shows_more(office, given_in, order):
    with see() as session:
        for actor in (office.rita, office.sam, office.ada):
            visible = set(session.exec(gate.visible(actor, Ticket.id)))
            try:
                narrowed = filters.parse_parameters(session, actor, given_in)
            except Invalid as refusal:
                assert set(refusal.fields) <= set(given_in)
                continue
            found = walk(session, actor, narrowed, sort=order, limit=7)
            assert len(found) == len(set(found))
            assert set(found) <= visible
            assert ticket_list.count(session, actor, narrowed) == len(found)


@EXAMPLES
@given(query=st.text(max_size=60) | anything | st.lists(values, max_size=40).map(" ".join))
def test_no_query_breaks_the_search(office, query):
    with see() as session:
        for actor in (office.rita, office.sam):
            index.find_similar(session, actor, query)
            if text.is_storable(query):
                ticket_list.get_page(session, actor, filters.parse_parameters(session, actor, {"q": [query]}))


def test_a_very_long_query_is_searched_by_its_first_words(office):
    with see() as session:
        narrowed = filters.parse_parameters(session, office.rita, {"q": ["printer " * 5000]})
        assert walk(session, office.rita, narrowed)
        assert index.find_similar(session, office.rita, "printer " * 5000)


MEANINGS = {
    "or": ({"priority": ["low", "high"]}, lambda t, desk: t.priority in (1, 3)),
    "not": ({"priority": ["!low"]}, lambda t, desk: t.priority != 1),
    "not two": ({"priority": ["!low", "!high"]}, lambda t, desk: t.priority == 2),
    "and": ({"priority": ["normal"], "assignee": ["me"]},
            lambda t, desk: (t.priority, t.assignee_id) == (2, desk.rita.id)),
    "mine": ({"assignee": ["me"]}, lambda t, desk: t.assignee_id == desk.rita.id),
    "nobody's": ({"assignee": ["none"]}, lambda t, desk: t.assignee_id is None),
    "not mine, nobody's too": ({"assignee": ["!me"]}, lambda t, desk: t.assignee_id != desk.rita.id),
    "somebody's": ({"assignee": ["!none"]}, lambda t, desk: t.assignee_id is not None),
    "asked by me": ({"requester": ["me"]}, lambda t, desk: t.requester_id == desk.rita.id),
    "open": ({"kind": ["open"]}, lambda t, desk: t.open),
    "done": ({"kind": ["done"]}, lambda t, desk: not t.open),
    "not done": ({"kind": ["!done"]}, lambda t, desk: t.open),
    "status": ({"status": ["Completed"]}, lambda t, desk: not t.open),
    "team by name": ({"team": ["Facilities"]}, lambda t, desk: t.team_id == desk.facilities),
    "not that team": ({"team": ["!Facilities"]}, lambda t, desk: t.team_id != desk.facilities),
    "tag": ({"tag": ["even"]}, lambda t, desk: t.id % 2 == 1),
    "not that tag": ({"tag": ["!even"]}, lambda t, desk: t.id % 2 == 0),
    "words": ({"q": ["printer 17"]}, lambda t, desk: t.title == "Printer 17"),
    "two searches": ({"q": ["printer 17", "printer 18"]}, lambda t, desk: t.title in ("Printer 17", "Printer 18")),
    "nothing to search": ({"q": ["!?"]}, lambda t, desk: False),
    "empty": ({"status": [""], "q": ["  "]}, lambda t, desk: True),
}  # fmt: skip
# ruff: noqa: ARG005 - every rule is asked alike


@pytest.mark.parametrize("meaning", MEANINGS)
def test_what_a_filter_means(office, meaning):
    given_in, rule = MEANINGS[meaning]
    with see() as session:
        visible = session.exec(gate.visible(office.rita).order_by(col(Ticket.id))).all()
        wanted = [t.id for t in visible if rule(t, office)]
        narrowed = filters.parse_parameters(session, office.rita, given_in)
        assert walk(session, office.rita, narrowed, sort="number", limit=5) == wanted
    assert wanted or meaning == "nothing to search", "the office has such tickets, or this proves nothing"


@pytest.mark.parametrize("name", ["created", "updated"])
def test_after_and_before_meet_without_gap_or_overlap(office, name):
    moment = (clock.now() - timedelta(days=2, hours=21)).isoformat()
    with see() as session:
        everything = set(walk(session, office.ada))
        halves = [
            set(
                walk(
                    session,
                    office.ada,
                    filters.parse_parameters(session, office.ada, {f"{name}_{side}": [moment]}),
                )
            )
            for side in ("after", "before")
        ]
    assert halves[0] | halves[1] == everything
    assert halves[0] & halves[1] == set()


@pytest.mark.parametrize(
    "given_in",
    [
        {"status": ["Nowhere"]}, {"kind": ["x"]}, {"priority": ["5"]}, {"assignee": ["Rita"]}, {"team": ["x"]},
        {"created_after": ["yesterday"]}, {"created_after": ["0001-01-01T00:00:00+23:59"]}, {"tag": ["a\x00"]},
        {"q": ["\ud800"]}, {"status": [str(n) for n in range(51)]}, {"category": ["!"]},
    ],
    ids=str,
)  # fmt: skip
def test_what_can_t_be_is_a_sentence_that_names_the_parameter(desk, given_in):
    with see() as session, pytest.raises(Invalid) as refusal:
        filters.parse_parameters(session, desk.rita, given_in)
    assert set(refusal.value.fields) == set(given_in)


def test_a_cursor_is_good_for_its_own_order_and_as_it_was_made(office):
    with see() as session:
        page = ticket_list.get_page(session, office.ada, sort="-updated", limit=3)
        assert page.next
        for order, cursor in [
            ("-created", page.next),
            ("updated", page.next),
            ("-updated", page.next[:-1]),
            ("-updated", page.next + "A"),
            ("-updated", "." + page.next),
            ("-updated", page.next.swapcase()),
            ("-updated", "x"),
            ("-updated", "\ud800\x00"),
        ]:
            with pytest.raises(Invalid):
                ticket_list.get_page(session, office.ada, sort=order, cursor=cursor)
        with pytest.raises(Invalid):
            ticket_list.get_page(session, office.ada, sort="title")


@EXAMPLES
@given(place=st.integers(0, 200), letter=st.characters(min_codepoint=33, max_codepoint=126))
def test_a_changed_cursor_is_refused(office, place, letter):
    with see() as session:
        cursor = ticket_list.get_page(session, office.ada, limit=3).next or ""
        changed = cursor[: place % len(cursor)] + letter + cursor[place % len(cursor) + 1 :]
        if changed == cursor:
            return
        try:
            page = ticket_list.get_page(session, office.ada, cursor=changed, limit=3)
        except Invalid:
            return
        # the last letter of base64 has bits that mean nothing
        assert page == ticket_list.get_page(session, office.ada, cursor=cursor, limit=3)


def test_a_cursor_carries_no_rights(office):
    with see() as session:
        theirs = ticket_list.get_page(session, office.ada, limit=3).next
        seen = set(session.exec(gate.visible(office.sam, Ticket.id)))
        assert {row.number for row in ticket_list.get_page(session, office.sam, cursor=theirs).rows} <= seen
