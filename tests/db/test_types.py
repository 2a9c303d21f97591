"""Moments: aware UTC in, aware UTC out, to the microsecond, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError
from sqlmodel import col, select

from db.models import Lease
from lib.transactions import act, see

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001 - zones are given


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=moments)
def test_a_moment_comes_back_as_the_same_moment_in_utc(engine, moment):
    with see() as session:
        session.add(Lease(name="test", holder="me", until=moment))
        session.flush()
        session.expire_all()
        found = session.exec(select(Lease.until).where(Lease.name == "test")).one()
    assert (found, found.tzinfo) == (moment, UTC)


def test_moments_sort_and_compare_by_time_whatever_zone_they_were_given_in(engine):
    nine = datetime(2026, 3, 29, 9, tzinfo=UTC)
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-8))
    given_in = {
        "b": nine.astimezone(east),
        "c": (nine + timedelta(seconds=1)).astimezone(west),
        "a": nine - timedelta(1),
    }
    with act() as session:
        session.add_all(Lease(name=name, holder="", until=until) for name, until in given_in.items())
    with see() as session:
        assert session.exec(select(Lease.name).order_by(col(Lease.until))).all() == ["a", "b", "c"]
        assert session.exec(select(Lease.name).where(Lease.until > nine.astimezone(west))).all() == ["c"]


def test_a_moment_without_a_zone_is_refused(engine):
    with pytest.raises((ValueError, StatementError), match="aware"), act() as session:
        session.add(Lease(name="naive", holder="", until=datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the test
