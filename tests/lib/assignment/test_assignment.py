"""The assignment queue: which tickets wait, what ends it, and that each is assigned once, in order."""

from collections import Counter
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import event
from sqlmodel import select

from db.models import AssignmentRule, Message, Notice, QueuedTicket
from db.vocabulary import Action, AssignmentMethod, Priority, Source
from lib.access import gate
from lib.assignment import assignment, queue
from lib.catalog import categories, statuses
from lib.conversation import history
from lib.core import clock, settings
from lib.people import absences, teams
from lib.tickets import merge, tickets
from lib.transactions import act, see
from tests import cast
from tests.lib.assignment.test_rules import asked, away, category, holder, last, rule_category, rule_team
from tests.security.test_races import at_once, events_of
from tests.support.unscoped import UNSCOPED
from worker import assignment_queue as worker

pytestmark = pytest.mark.both_databases("the queue is settled by each database's locks")


def full(desk, cap=1, way=AssignmentMethod.ROUND_ROBIN):
    """Give the service desk a rule and fill everybody up to its cap; return what they have."""
    rule_team(desk, way, cap=cap)
    numbers = [cast.create_ticket(desk.sam) for _ in range(3 * cap)]
    assert Counter(holder(desk, n) for n in numbers) == {"Mona": cap, "Rita": cap, "Arun": cap}
    return numbers


def waits(number, actor=None):
    with see() as session:
        ticket = tickets.find(session, actor or gate.system_actor("tests", *gate.Permission), number)
        return queue.is_waiting(session, actor or gate.system_actor("tests", *gate.Permission), ticket)


def rows():
    with see() as session:
        return set(session.exec(select(QueuedTicket.ticket_id).execution_options(**UNSCOPED)).all())


def change(actor, number, verb, **more):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        verb(session, actor, ticket, **({} if verb is tickets.claim else {"seen": ticket.version}), **more)


def move(actor, number, to="Completed"):
    with see() as session:
        status = statuses.get(session, to)
    change(actor, number, tickets.move, to=status)


def test_what_is_above_the_cap_waits_and_goes_to_whoever_is_free_again(desk, monkeypatch):
    monkeypatch.setenv("DOCKET_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("DOCKET_SMTP_FROM", "desk@example.org")
    settings.current.cache_clear()
    held = full(desk)
    number = cast.create_ticket(desk.sam)
    assert (holder(desk, number), waits(number)) == (None, True)
    worker.assign_waiting_tickets()
    assert (holder(desk, number), waits(number)) == (None, True)
    move(desk.rita, next(n for n in held if holder(desk, n) == "Rita"))
    worker.assign_waiting_tickets()
    assert (holder(desk, number), waits(number), rows()) == ("Rita", False, set())
    line = last(desk, number)
    assert (line.actor, line.sentence) == (
        None,
        "assigned it to Rita Sosa: round robin rule of the team Service desk",
    )
    worker.assign_waiting_tickets()
    with see() as session:
        [told] = events_of(session, number, Action.TICKET_ASSIGNED)
        notices = select(Notice).where(Notice.event_id == told.id, Notice.person_id == desk.rita.id)
        assert len(session.exec(notices.execution_options(**UNSCOPED)).all()) == 1
        mails = select(Message).where(Message.ticket_id == number, Message.person_id == desk.rita.id)
        assert session.exec(mails.execution_options(**UNSCOPED)).all()
    assert told.channel == Source.WORKER


def test_whoever_returns_is_given_what_waited_meanwhile(desk):
    rule_team(desk, AssignmentMethod.LEAST_LOADED)
    for whom in (desk.mona, desk.rita, desk.arun):
        away(desk, whom)
    number = cast.create_ticket(desk.sam)
    assert waits(number)
    worker.assign_waiting_tickets()
    assert waits(number)
    with act() as session:
        row = cast.get_person(session, desk.arun)
        [absence] = absences.list_for_person(session, desk.ada, row)
        absences.remove(session, desk.ada, row, absence.id)
    worker.assign_waiting_tickets()
    assert holder(desk, number) == "Arun"


def test_a_team_of_nobody_lets_its_tickets_wait_for_the_first_who_joins(desk):
    with act() as session:
        team = teams.create(session, desk.ada, name="Network").id
    rule_team(desk, AssignmentMethod.ROUND_ROBIN, team)
    number = cast.create_ticket(desk.ada, team_id=team)
    assert waits(number)
    with act() as session:
        cast.hire(session, "Nora Berg", "agent", team)
    worker.assign_waiting_tickets()
    assert not waits(number)
    assert "assigned it to Nora Berg" in _told(desk.ada, number)


def _told(actor, number):
    with see() as session:
        return history.list_for_ticket(session, actor, tickets.find(session, actor, number))[-1].sentence


def test_without_a_rule_or_by_hand_nothing_waits(desk):
    asked(desk)
    rule_team(desk, AssignmentMethod.MANUAL)
    asked(desk)
    full(desk)
    cast.create_ticket(desk.sam, confidential=True)
    assert rows() == set()
    rule_team(desk, AssignmentMethod.MANUAL)
    asked(desk)
    assert rows() == set()


def test_a_ticket_that_somebody_unassigned_is_not_assigned_by_a_rule(desk):
    [first, *_] = full(desk)
    change(desk.mona, first, tickets.unassign)
    worker.assign_waiting_tickets()
    assert (holder(desk, first), waits(first)) == (None, False)


def test_who_takes_it_or_is_given_it_ends_the_wait_and_its_handing_back_begins_none(desk):
    full(desk)
    taken, given = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    change(desk.rita, taken, tickets.claim)
    change(desk.mona, given, tickets.assign, to=desk.arun.id)
    assert rows() == set()
    change(desk.rita, taken, tickets.unassign)
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    worker.assign_waiting_tickets()
    assert (holder(desk, taken), holder(desk, given)) == (None, "Arun")


def test_what_is_done_guarded_merged_or_deleted_meanwhile_waits_no_longer(desk):
    full(desk)
    into = cast.create_ticket(desk.sam)
    done, guarded, merged, deleted = numbers = [cast.create_ticket(desk.sam) for _ in range(4)]
    move(desk.rita, done)
    change(desk.mona, guarded, tickets.set_confidential, confidential=True)
    with act() as session:
        one, other = merge.lock_pair(session, desk.mona, merged, into)
        merge.merge(session, desk.mona, one, into=other, seen=one.version)
    with act() as session:
        ticket = tickets.find(session, desk.ada, deleted, to_change=True)
        tickets.delete(session, desk.ada, ticket, reason="Spam")
    assert not any(waits(number) for number in numbers if number != deleted)
    worker.assign_waiting_tickets()
    assert rows() == {into}, "though nobody is free, the rows of those that wait no longer are gone"
    move(desk.rita, done, "To-Do")
    change(desk.mona, guarded, tickets.set_confidential, confidential=False)
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    worker.assign_waiting_tickets()
    assert [holder(desk, n) for n in (into, done, guarded)] == ["Mona", None, None]


def test_a_change_of_team_or_category_decides_afresh(desk):
    full(desk)
    doors, quiet = category(desk, "Doors"), category(desk, "Quiet")
    rule_category(desk, AssignmentMethod.ROUND_ROBIN, doors)
    rule_category(desk, AssignmentMethod.MANUAL, quiet)
    to_doors, to_quiet, moved, unruled = (cast.create_ticket(desk.sam) for _ in range(4))
    assert rows() == {to_doors, to_quiet, moved, unruled}
    with see() as session:
        there, silent = categories.get(session, doors), categories.get(session, quiet)
        facilities = cast.get_team(session, desk.facilities)
    change(desk.mona, to_doors, tickets.categorize, category=there)
    change(desk.mona, to_quiet, tickets.categorize, category=silent)
    change(desk.mona, unruled, tickets.move_to_team, team=facilities)
    assert rows() == {moved} and holder(desk, to_doors) is not None
    assert (holder(desk, to_quiet), holder(desk, unruled)) == (None, None)
    rule_team(desk, AssignmentMethod.ROUND_ROBIN, desk.facilities, cap=1)
    change(desk.mona, moved, tickets.move_to_team, team=facilities)
    assert (holder(desk, moved), rows()) == ("Bela", set())
    late = cast.create_ticket(desk.sam)
    change(desk.mona, late, tickets.move_to_team, team=facilities)
    assert rows() == {late}
    move(desk.bela, moved)
    worker.assign_waiting_tickets()
    assert holder(desk, late) == "Bela"


def test_a_rule_that_is_taken_away_ends_the_wait(desk):
    full(desk)
    number = cast.create_ticket(desk.sam)
    rule_team(desk, None)
    worker.assign_waiting_tickets()
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    worker.assign_waiting_tickets()
    assert (holder(desk, number), rows()) == (None, set())


def test_a_full_rule_holds_up_no_other(desk, monkeypatch):
    monkeypatch.setitem(queue.list_due.__kwdefaults__, "most", 2)
    full(desk)
    rule_team(desk, AssignmentMethod.ROUND_ROBIN, desk.facilities, cap=1)
    stuck = [cast.create_ticket(desk.sam, priority=Priority.URGENT) for _ in range(5)]
    first, second = (
        cast.create_ticket(desk.ada, team_id=desk.facilities, priority=Priority.LOW) for _ in range(2)
    )
    assert (holder(desk, first), waits(second)) == ("Bela", True)
    move(desk.bela, first)
    worker.assign_waiting_tickets()
    assert holder(desk, second) == "Bela"
    assert rows() == set(stuck)


def test_the_most_urgent_goes_first_then_who_waits_longest(desk):
    [first, second, third] = full(desk)
    low, normal, urgent, later = (
        cast.create_ticket(desk.sam, priority=p)
        for p in (Priority.LOW, Priority.NORMAL, Priority.URGENT, Priority.NORMAL)
    )
    worker.assign_waiting_tickets()
    for done, next_one, left in (
        (first, urgent, {low, normal, later}),
        (second, normal, {low, later}),
        (third, later, {low}),
    ):
        move(desk.mona, done)
        worker.assign_waiting_tickets()
        assert (holder(desk, next_one) is not None, rows()) == (True, left)


def test_of_twenty_with_two_places_free_two_go_in_turn_and_eighteen_wait(desk):
    held = full(desk, cap=2)
    twenty = [cast.create_ticket(desk.sam) for _ in range(20)]
    assert rows() == set(twenty)
    by = {name: [n for n in held if holder(desk, n) == name] for name in ("Mona", "Rita", "Arun")}
    for name in ("Rita", "Arun"):
        move(desk.mona, by[name][0])
    worker.assign_waiting_tickets()
    assert [holder(desk, n) for n in twenty[:3]] == ["Rita", "Arun", None]
    assert rows() == set(twenty[2:])
    for number in (*by["Mona"], by["Rita"][1], by["Arun"][1]):
        move(desk.mona, number)
    worker.assign_waiting_tickets()
    assert [holder(desk, n) for n in twenty[2:7]] == ["Mona", "Rita", "Arun", "Mona", None]


def test_nobody_is_given_what_they_asked_for_themselves_and_it_holds_up_no_other(desk):
    held = full(desk)
    own, other = cast.create_ticket(desk.rita), cast.create_ticket(desk.sam)
    move(desk.mona, next(n for n in held if holder(desk, n) == "Rita"))
    worker.assign_waiting_tickets()
    assert (waits(own), holder(desk, other)) == (True, "Rita")


@pytest.mark.parametrize("hands", [2, 6])
def test_concurrent_runs_assign_each_ticket_once(desk, hands):
    held = full(desk, cap=2)
    numbers = [cast.create_ticket(desk.sam) for _ in range(8)]
    for number in held[:4]:
        move(desk.mona, number)
    answers = at_once(*[worker.assign_waiting_tickets] * hands)
    assert answers == [None] * hands
    worker.assign_waiting_tickets()
    given = [n for n in numbers if holder(desk, n)]
    assert given == numbers[:4] and rows() == set(numbers[4:])
    with see() as session:
        assert [len(events_of(session, n, Action.TICKET_ASSIGNED)) for n in numbers] == [1] * 4 + [0] * 4
        open_now = Counter(holder(desk, n) for n in (*numbers, *held[4:]))
    assert max(count for name, count in open_now.items() if name) == 2


def test_runs_while_others_create_assign_and_complete_tickets_never_pass_the_cap(desk):
    held = full(desk, cap=2)
    numbers = [cast.create_ticket(desk.sam) for _ in range(6)]
    deeds = [worker.assign_waiting_tickets] * 4 + [lambda: cast.create_ticket(desk.sam)] * 4
    deeds += [lambda n=n: move(desk.mona, n) for n in held[:3]]
    answers = at_once(*deeds)
    assert not [a for a in answers if isinstance(a, Exception)], answers
    fresh = [a for a in answers if isinstance(a, int)]
    worker.assign_waiting_tickets()
    holders = Counter(holder(desk, n) for n in (*numbers, *fresh, *held[3:]))
    assert holders == {"Mona": 2, "Rita": 2, "Arun": 2, None: 7}


def test_one_that_fails_is_logged_and_holds_up_no_other(desk, monkeypatch):
    held = full(desk)
    bad, good = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    for number in held[:2]:
        move(desk.mona, number)
    ours = assignment.set_assignee

    def give(session, actor, ticket, person_id, **more):
        ours(session, actor, ticket, person_id, **more)
        if ticket.id == bad:
            session.flush()
            raise ZeroDivisionError

    monkeypatch.setattr(assignment, "set_assignee", give)
    with structlog.testing.capture_logs() as said:
        worker.assign_waiting_tickets()
    assert [(entry["log_level"], entry["ticket"]) for entry in said] == [("error", bad)]
    assert (holder(desk, bad), waits(bad), holder(desk, good)) == (None, True, "Mona")
    monkeypatch.undo()
    worker.assign_waiting_tickets()
    assert holder(desk, bad) == "Rita", "the turn that failed is nobody's"


def test_a_ticket_that_somebody_is_changing_is_left_for_the_next_time(desk, engine):
    if engine.dialect.name == "sqlite":
        pytest.skip("where one writes at a time, nobody is changing it meanwhile")
    held = full(desk)
    number = cast.create_ticket(desk.sam)
    move(desk.mona, held[0])
    with act() as session:
        tickets.find(session, desk.mona, number, to_change=True)
        worker.assign_waiting_tickets()
    assert waits(number)
    worker.assign_waiting_tickets()
    assert not waits(number)


def statements(engine, deed):
    """What a deed asks the database."""
    said = []

    def hear(_connection, _cursor, statement, *_more):
        said.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    deed()
    event.remove(engine, "before_cursor_execute", hear)
    return [statement for statement in said if not statement.startswith("BEGIN")]


def test_while_nothing_waits_a_round_is_one_statement_that_walks_no_tickets(desk, engine):
    full(desk)
    [statement] = statements(engine, worker.assign_waiting_tickets)
    if engine.dialect.name == "sqlite":
        with see() as session:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
        walked = [row[3] for row in plan if row[3].startswith("SCAN")]
        assert walked == ["SCAN dispatch_wait"] and "SEARCH ticket USING INTEGER PRIMARY KEY" in str(plan)


def test_while_nobody_is_free_a_round_changes_nothing_and_asks_little_for_however_many_wait(desk, engine):
    full(desk)
    cast.create_ticket(desk.sam)
    for_one = statements(engine, worker.assign_waiting_tickets)
    for _ in range(10):
        cast.create_ticket(desk.sam)
    for_many = statements(engine, worker.assign_waiting_tickets)
    assert len(for_many) == len(for_one) and all(s.startswith("SELECT") for s in for_many)


def test_colleagues_read_that_it_waits_and_who_asked_does_not(desk):
    full(desk)
    number = cast.create_ticket(desk.sam)
    assert [waits(number, who) for who in (desk.mona, desk.rita, desk.ada)] == [True] * 3
    assert not waits(number, desk.sam)


def test_waiting_keeps_the_place_in_the_line(desk):
    full(desk)
    number = cast.create_ticket(desk.sam)
    with see() as session:
        since = session.get(QueuedTicket, number, execution_options=UNSCOPED).since
    assert clock.now() - since < timedelta(minutes=1)
    doors = category(desk, "Doors")
    with see() as session:
        there = categories.get(session, doors)
    change(desk.mona, number, tickets.categorize, category=there)
    with see() as session:
        assert session.get(QueuedTicket, number, execution_options=UNSCOPED).since == since
        assert session.exec(select(AssignmentRule.way)).all() == [AssignmentMethod.ROUND_ROBIN]
