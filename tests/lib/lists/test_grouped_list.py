"""Grouped lists go over the whole list: each ticket once, group by group, in order, on both databases."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from db.models import Category, Participant, Status, Ticket
from db.vocabulary import Permission, Priority, StatusCategory
from lib.access import gate
from lib.catalog.ticket_fields import GROUPED
from lib.core import clock, pagination
from lib.core.errors import Invalid
from lib.lists import filters, group_by, grouped_list, query_language, ticket_list
from lib.people import accounts
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("each database sorts and groups its own way")


SORTS = ("-updated", "created", "-priority", "number")
PEOPLE = ("ada", "mona", "rita", "sam", "kim")


@pytest.fixture
def office(desk):
    """Sixty tickets in every group there is, some with nobody and no category, one status and one person retired."""
    began = clock.now() - timedelta(days=3)
    with act() as session:
        stands = session.exec(select(Status).order_by(Status.id)).all()
        stands[1].retired = True
        about = [Category(name=name, position=9) for name in ("roof", "Air", "air 2")]
        session.add_all(about)
        session.flush()
        about[1].retired = True
        subjects = [None, *(each.id for each in about)]
        namesake = cast.hire(session, "Sam Reed 2", "requester")
        accounts.rename(session, cast.FOUNDER, cast.get_person(session, namesake), name="Sam Reed")
        askers = (desk.sam, desk.bob, desk.rita, desk.bela, namesake)
        for n in range(60):
            with clock.travel_to(began + timedelta(hours=n // 5)):
                ticket = tickets.create(session, askers[n % 5], title=f"Printer {n}")
            ticket.priority = Priority(n % 3 + 1)
            ticket.team_id = (desk.service_desk, desk.facilities)[n // 4 % 2]
            ticket.category_id = subjects[n % 7 % 4]
            ticket.confidential = n % 7 == 0
            ticket.assignee_id = (None, desk.rita.id, desk.bela.id, desk.arun.id)[n % 11 % 4]
            ticket.enter(stands[n % 13 % len(stands)], at=clock.now())
            if n % 5 == 0:
                session.add(Participant(ticket_id=ticket.id, person_id=desk.kim.id))
            if n == 59:
                ticket.deleted_at = clock.now()
        cast.get_person(session, desk.arun).active = False
    return desk


@pytest.fixture(params=["gathered", "walked", "all walked"])
def way(request, monkeypatch):
    """A list of few is gathered, one of many walked along; here each is done either way."""
    if request.param != "gathered":
        monkeypatch.setattr(grouped_list, "MAX_GATHERED", 0)
    if request.param == "all walked":
        monkeypatch.setattr(grouped_list, "MAX_SORTED", 0)
    return request.param


def pages(session: Session, actor, narrowed=ticket_list.TicketFilter(), *, way, **more):  # noqa: B008 - frozen
    """All pages of a grouped list."""
    found, cursor = [], None
    count = ticket_list.count(session, actor, narrowed) if way == "gathered" else None
    while True:
        found.append(grouped_list.get_page(session, actor, narrowed, cursor=cursor, count=count, **more))
        cursor = found[-1].next
        if cursor is None:
            return found


def ordered(session: Session, group: str):
    """The rank of a ticket's group and its value, told in another way than grouping does."""
    kinds = list(StatusCategory)
    stands = {
        s.id: (kinds.index(StatusCategory(s.kind)), s.position, s.id)
        for s in session.exec(select(Status)).all()
    }
    names = (
        {row[0]: (row[1].casefold(), row[0]) for row in session.exec(select(*NAMES[group]))}
        if group in NAMES
        else {}
    )
    match group:
        case "status":
            return lambda t: stands[t.status_id]
        case "priority":
            return lambda t: (-t.priority,)
    return lambda t: names.get(getattr(t, f"{group}_id"), ())


NAMES = {
    "category": (Category.id, Category.name),
    "team": (cast.Team.id, cast.Team.name),
    "assignee": (cast.Person.id, cast.Person.name),
    "requester": (cast.Person.id, cast.Person.name),
}
KEYS = {
    "-updated": lambda t: (-t.updated_at.timestamp(), -t.id),
    "created": lambda t: (t.created_at, t.id),
    "-priority": lambda t: (-t.priority, -t.id),
    "number": lambda t: t.id,
}


def test_all_pages_hold_each_visible_ticket_once_group_by_group_in_order(office, way):
    cases = product(enumerate(PEOPLE), enumerate(GROUPED))
    for (one, who), (other, group) in cases:
        actor, sort = getattr(office, who), SORTS[(one + other) % len(SORTS)]
        limit = (1, 50, 7)[(one + other) % 3] if who == "rita" else 7
        with see() as session:
            seen = _seen(session, actor)
            assert len(seen) > 3
            rank = ordered(session, group)
            wanted = sorted(seen, key=lambda t: (rank(t), KEYS[sort](t)))
            found = pages(session, actor, group=group, sort=sort, limit=limit, way=way)
            numbers = [row.number for page in found for row in page.rows]
            assert numbers == [t.id for t in wanted], (who, group, sort, limit)
            assert all(len(page.rows) == limit for page in found[:-1])
            assert found[-1].rows


def test_a_heading_tells_the_count_of_the_whole_list_and_what_goes_on(office, way):
    for who, group in product(["ada", "rita", "sam"], GROUPED):
        with see() as session:
            actor = getattr(office, who)
            _headings(session, actor, group, way)


def _headings(session, actor, group, way):
    fact = {"priority": lambda t: t.priority}.get(group, lambda t: getattr(t, f"{group}_id"))
    seen, named, last = _seen(session, actor), group_by.list_groups(session, group), ()
    for page in pages(session, actor, group=group, limit=7, way=way):
        for at, each in enumerate(page.groups):
            assert each.count == sum(fact(t) == each.value for t in seen)
            assert {getattr(row, f"{group}_id", row.priority) for row in each.rows} == {each.value}
            assert each.name == named[each.value]
            assert each.continued == (at == 0 and last == each.value)
        assert len({each.value for each in page.groups}) == len(page.groups)
        last = page.groups[-1].value


def _seen(session, actor):
    return list(
        session.exec(select(Ticket).where(gate.visible_condition(actor)).execution_options(**UNSCOPED))
    )


def test_counts_stop_at_the_cap(office, monkeypatch):
    monkeypatch.setattr(grouped_list, "MAX_COUNT", 5)
    with see() as session:
        [first, *_] = grouped_list.get_page(session, office.ada, group="team", limit=3).groups
        assert first.count == 6


def test_a_narrowed_and_a_searched_list_groups_too(office, way):
    with see() as session:
        for asked in (
            {"kind": ["open"]},
            {"q": ["printer"]},
            {"q": ["printer 17"]},
            {"assignee": ["me"]},
            {"kind": ["open"], "q": ["printer"]},
        ):
            narrowed = filters.parse_parameters(session, office.rita, asked)
            plain, cursor = set(), None
            while True:
                page = ticket_list.get_page(session, office.rita, narrowed, cursor=cursor)
                plain |= {row.number for row in page.rows}
                cursor = page.next
                if cursor is None:
                    break
            for group in GROUPED:
                found = pages(session, office.rita, narrowed, group=group, limit=4, way=way)
                numbers = [row.number for page in found for row in page.rows]
                assert len(numbers) == len(plain)
                assert set(numbers) == plain


def test_a_list_narrows_to_what_has_no_category(office):
    with see() as session:
        wanted = {t.id for t in session.exec(gate.visible(office.ada)) if t.category_id is None}
        for narrowed in (
            filters.parse_parameters(session, office.ada, {"category": ["none"]}),
            query_language.parse_parameters(session, office.ada, {"q": ["category:none"]}).narrowed,
        ):
            assert {row.number for row in ticket_list.get_page(session, office.ada, narrowed).rows} == wanted
        assert wanted


def test_words_that_are_tried_group_without_counts(office):
    with see() as session:
        narrowed = filters.combine(
            filters.parse_parameters(session, office.ada, {"q": ["printer"]}),
            ticket_list.TicketFilter(tried=True),
        )
        narrowed = ticket_list.TicketFilter(narrowed.conditions, tried=True)
        found = pages(session, office.ada, narrowed, group="status", limit=7, way="walked")
        plain = ticket_list.get_page(session, office.ada, narrowed, limit=100).rows
        assert len(plain) > 40
        assert {row.number for page in found for row in page.rows} == {row.number for row in plain}
        counts = {each.count for page in found for each in page.groups}
        assert None in counts


def test_somebody_who_may_see_nothing_sees_an_empty_list(office, way):
    nobody = gate.system_actor("tests", Permission.REPORT_VIEW)
    with see() as session:
        for group in GROUPED:
            assert pages(session, nobody, group=group, way=way) == [grouped_list.Page((), None)]


def test_a_cursor_is_good_for_its_own_group_and_order_and_as_it_was_made(office, way):
    with see() as session:
        cursor = pages(session, office.ada, group="status", limit=7, way=way)[0].next or ""
        plain = ticket_list.get_page(session, office.ada, limit=3).next or ""
        for group, sort, given in [
            ("team", "-updated", cursor),
            ("status", "updated", cursor),
            ("status", "-updated", plain),
            ("status", "-updated", cursor[:-1]),
            ("status", "-updated", cursor + "A"),
            ("status", "-updated", cursor.swapcase()),
            ("status", "-updated", "x"),
            ("status", "-updated", "\ud800\x00"),
            (
                "status",
                "-updated",
                pagination.format_cursor("tickets by status -updated", 999, clock.now(), 1),
            ),
            ("status", "-updated", pagination.format_cursor("tickets by status -updated", 1)),
            ("due", "-updated", None),
            ("status", "title", None),
        ]:
            with pytest.raises(Invalid):
                grouped_list.get_page(session, office.ada, group=group, sort=sort, cursor=given)
        with pytest.raises(Invalid):
            ticket_list.get_page(session, office.ada, cursor=cursor)


def test_a_cursor_carries_no_rights(office, way):
    with see() as session:
        theirs = pages(session, office.ada, group="requester", limit=7, way=way)[0].next
        seen = set(session.exec(gate.visible(office.sam, Ticket.id)))
        page = grouped_list.get_page(session, office.sam, group="requester", cursor=theirs)
        assert {row.number for row in page.rows} <= seen


def test_a_page_of_many_small_groups_is_read_in_few_statements(office, engine):
    with act() as session:
        for n in range(60):
            tickets.create(session, cast.hire(session, f"Guest {n:02}", "requester"), title="Lamp")
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with see() as session:
        page = grouped_list.get_page(session, office.ada, group="requester")
    assert len(page.groups) > 20
    assert len(asked) < 12
