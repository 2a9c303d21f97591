"""Weeks and months over the API."""

from datetime import timedelta

from lib.core import clock
from tests import cast
from tests.api.conftest import problem


def test_a_week_is_filled_read_and_settled(desk):
    number = cast.create_ticket(desk.company.sam)
    today = clock.now().date().replace(day=1) - timedelta(days=1)
    cell = {"ticket": number, "day": today.isoformat(), "time": "1:30"}
    filled = desk.rita.put("time-week", json=cell).json()
    assert filled["totals"][today.weekday()] == 90 and filled["lines"][0]["ticket"] == number
    rita = desk.company.rita.id
    assert desk.mona.get(f"time-week?day={today}&person={rita}").json() == filled
    problem(desk.arun.get(f"time-week?person={rita}"), 404)
    problem(desk.sam.get("time-week"), 404)
    now = clock.now().date().isoformat()
    problem(desk.rita.put("time-months", json={"month": now, "state": "submitted"}), 422)
    month = {"month": today.isoformat(), "state": "submitted"}
    problem(desk.mona.put("time-months", json={**month, "state": "approved", "person": rita}), 422)
    assert desk.rita.put("time-months", json=month).status_code == 204
    problem(desk.rita.put("time-week", json={**cell, "time": "0"}), 422)
    assert (
        desk.mona.put("time-months", json={**month, "state": "approved", "person": rita}).status_code == 204
    )
    problem(desk.rita.put("time-months", json={**month, "state": "open"}), 403)
    assert desk.mona.put("time-months", json={**month, "state": "open", "person": rita}).status_code == 204
    assert desk.rita.put("time-week", json={**cell, "time": "0"}).json()["lines"] == []
