"""Each bar and bucket holds the tickets that the list it leads to holds."""

from datetime import timedelta

import pytest

from lib.catalog import statuses
from lib.core import clock
from lib.lists import filters, ticket_list
from lib.reports import backlog
from lib.tickets import tickets
from lib.transactions import act, see

pytestmark = pytest.mark.both_databases("roll-ups are SQL in each database's dialect")


def narrowed(session, actor, **given):
    return filters.parse_parameters(session, actor, {name: [value] for name, value in given.items() if value})


def test_statuses_and_ages_add_up_to_the_open_tickets_and_each_is_its_list(desk):
    with act() as session:
        for n, days in enumerate((0, 0, 1, 2, 4, 10, 50, 60)):
            with clock.travel_to(clock.now() - timedelta(days=days, minutes=5)):
                ticket = tickets.create(session, desk.sam, title=f"Ticket {n}", confidential=n == 1)
            ticket.team_id = desk.facilities if n == 4 else desk.service_desk
            ticket.enter(statuses.get(session, ("To-Do", "Blocked", "Completed")[n % 3]), at=clock.now())
    with see() as session:
        for actor in (desk.mona, desk.ada):
            team = narrowed(session, actor, team="mine")
            whole = ticket_list.count(session, actor, narrowed(session, actor, team="mine", kind="open"))
            by_status = backlog.count_by_status(session, actor, team)
            ages = backlog.count_by_age(session, actor, team)
            assert sum(n for _, n in by_status) == sum(b.count for b in ages) == whole > 0
            for status, n in by_status:
                one = narrowed(session, actor, team="mine", kind="open", status=str(status.id))
                assert ticket_list.count(session, actor, one) == n
            for bucket in ages:
                one = narrowed(
                    session,
                    actor,
                    team="mine",
                    kind="open",
                    created_after=bucket.after.isoformat() if bucket.after else "",
                    created_before=bucket.before.isoformat() if bucket.before else "",
                )
                assert ticket_list.count(session, actor, one) == bucket.count


def test_a_ticket_stands_in_its_bucket_at_the_edge(desk):
    now = clock.now().replace(second=0, microsecond=0)
    with clock.travel_to(now), act() as session:
        with clock.travel_to(now + timedelta(minutes=1) - timedelta(days=1)):
            tickets.create(session, desk.sam, title="A day old to the minute")
        with clock.travel_to(now + timedelta(minutes=1) - timedelta(days=1, microseconds=1)):
            tickets.create(session, desk.sam, title="And a moment more")
    with clock.travel_to(now), see() as session:
        ages = backlog.count_by_age(session, desk.mona, narrowed(session, desk.mona, team="mine"))
    assert [b.count for b in ages] == [1, 1, 0, 0, 0]


def test_counts_end_at_the_cap(desk, monkeypatch):
    monkeypatch.setattr(ticket_list, "MAX_COUNT", 2)
    with act() as session:
        for n in range(4):
            tickets.create(session, desk.sam, title=f"Ticket {n}")
    with see() as session:
        assert backlog.count_by_status(session, desk.ada, filters.TicketFilter())[0][1] == 3
