"""Watching over the API."""

from tests import cast
from tests.api.conftest import problem


def test_watching_begins_and_stops_however_often(desk):
    number = cast.create_ticket(desk.company.sam)
    mine = f"tickets/{number}/watchers/me"
    problem(desk.rita.get(mine), 404)
    for _ in range(2):
        assert desk.rita.put(mine).status_code == 204
    assert desk.rita.get(mine).json()["name"] == "Rita Sosa"
    names = [p["name"] for p in desk.rita.get(f"tickets/{number}/watchers").json()["items"]]
    assert names == ["Rita Sosa", "Sam Reed"]
    assert [p["name"] for p in desk.sam.get(f"tickets/{number}/watchers").json()["items"]] == ["Sam Reed"]
    for _ in range(2):
        assert desk.rita.delete(mine).status_code == 204
    problem(desk.rita.get(mine), 404)
