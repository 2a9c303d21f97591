"""What an hour costs: the closest rate that holds on the day, for those alone who keep the rates."""

from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from db.models import Event
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.timekeeping import activities, rates
from lib.transactions import act, see
from tests.support.unscoped import UNSCOPED


def put(desk, cents, since, **of) -> int:
    with act() as session:
        return rates.set_rate(session, desk.ada, cents=cents, since=date.fromisoformat(since), **of)


def test_the_closest_rate_that_holds_on_the_day_counts(desk):
    with see() as session:
        kinds = [a.id for a in activities.list_all(session)]
    put(desk, 1000, "2026-01-01")
    put(desk, 2000, "2026-01-01", activity_id=kinds[1])
    put(desk, 3000, "2026-02-01", person_id=desk.rita.id)
    put(desk, 4000, "2026-03-01", person_id=desk.rita.id, activity_id=kinds[1])
    put(desk, 3500, "2026-04-01", person_id=desk.rita.id)
    with see() as session:
        held = rates.load(session, desk.ada)
    rita, arun = desk.rita.id, desk.arun.id
    for day, worker, kind, cents in (
        ("2025-12-31", rita, 0, None),
        ("2026-01-01", rita, 0, 1000),
        ("2026-01-31", rita, 1, 2000),
        ("2026-02-01", rita, 1, 3000),
        ("2026-03-01", rita, 1, 4000),
        ("2026-03-31", rita, 0, 3000),
        ("2026-04-01", rita, 0, 3500),
        ("2026-05-01", arun, 0, 1000),
        ("2026-05-01", arun, 1, 2000),
    ):
        assert held.on(date.fromisoformat(day), worker, kinds[kind]) == cents, (day, worker, kind)


def test_a_rate_of_the_same_day_gives_way_and_each_deed_is_told_once(desk):
    first = put(desk, 1000, "2026-01-01", person_id=desk.rita.id)
    assert put(desk, 1000, "2026-01-01", person_id=desk.rita.id) == first
    assert put(desk, 1250, "2026-01-01", person_id=desk.rita.id) == first
    with act() as session:
        rates.remove(session, desk.ada, first)
    with see() as session:
        assert rates.list_all(session, desk.ada) == []
        told = select(Event).where(col(Event.action).like("rate.%")).order_by(col(Event.id))
        events = session.exec(told.execution_options(**UNSCOPED)).all()
        assert [(e.action, e.old, e.new) for e in events] == [
            ("rate.set", None, "10.00 from 2026-01-01"),
            ("rate.set", "10.00", "12.50 from 2026-01-01"),
            ("rate.removed", "12.50 from 2026-01-01", None),
        ]


def test_only_who_keeps_rates_reads_or_changes_them(desk):
    rate = put(desk, 1000, "2026-01-01")
    for actor in (desk.mona, desk.rita, desk.sam, desk.ada.capped("write"), desk.ada.capped("read")):
        for deed in (
            rates.list_all,
            rates.load,
            partial(rates.set_rate, cents=1, since=date(2026, 1, 1)),
            partial(rates.remove, rate_id=rate),
        ):
            with act() as session, pytest.raises(NotPermitted):
                deed(session, actor)
    with act() as session, pytest.raises(NotFound):
        rates.remove(session, desk.ada, rate + 1)
    with pytest.raises(Invalid):
        put(desk, -1, "2026-01-01")
    with pytest.raises(Invalid):
        put(desk, 1, "2026-01-01", person_id=10**6)


def test_a_rate_is_read_as_people_write_it():
    assert [rates.parse_amount(said) for said in ("85", "85.5", " 85,50 ", "0.05")] == [8500, 8550, 8550, 5]
    assert rates.format_amount(8505) == "85.05"
    for wrong in ("", "-1", "1.234", "1 000", "a", "\N{FULLWIDTH DIGIT NINE}", "9999999"):
        with pytest.raises(Invalid):
            rates.parse_amount(wrong)


@given(st.lists(st.integers(0, 10**9), max_size=40))
def test_what_is_shared_out_comes_to_the_whole_and_misses_none_by_a_hundredth(exact):
    shared = rates.round_to_sum(exact)
    assert sum(shared) == (sum(exact) + 30) // 60
    assert all(abs(60 * part - each) < 60 for part, each in zip(shared, exact, strict=True))
