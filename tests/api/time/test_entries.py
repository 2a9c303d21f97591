"""Time over the API."""

from lib.core import clock
from tests import cast
from tests.api.conftest import problem
from tests.api.state import fingerprint


def test_time_is_logged_listed_changed_and_taken_back(desk):
    number = cast.create_ticket(desk.company.sam)
    path = f"tickets/{number}/time"
    made = desk.rita.post("time-entries", json={"ticket": number, "time": "1h 30m", "activity": "Meeting"})
    card = made.json()
    assert made.status_code == 201 and made.headers["location"] == f"/api/v1/time-entries/{card['id']}"
    assert (card["minutes"], card["seconds"], card["activity"]["name"]) == (90, 5400, "Meeting")
    assert card["day"] == clock.now().date().isoformat() and card["worker"]["name"] == "Rita Sosa"
    for_her = desk.mona.post(
        "time-entries", json={"ticket": number, "minutes": 15, "worker": desk.company.rita.id}
    ).json()
    assert for_her["author"]["name"] == "Mona Lind" and for_her["worker"] == card["worker"]
    page = desk.arun.get(f"time-entries?ticket={number}&limit=1").json()
    assert [e["id"] for e in page["items"]] == [for_her["id"]]
    rest = desk.arun.get(f"time-entries?ticket={number}&limit=1&cursor={page['next_cursor']}").json()
    assert [e["id"] for e in rest["items"]] == [card["id"]] and rest["next_cursor"] is None
    assert desk.arun.get("time-entries?from=2999-01-01").json()["items"] == []
    where = f"time-entries/{card['id']}"
    changed = desk.rita.patch(where, json={"version": 1, "time": "2h", "note": "longer"}).json()
    assert (changed["minutes"], changed["note"], changed["version"]) == (120, "longer", 2)
    problem(desk.rita.patch(where, json={"version": 1, "note": "x"}), 409)
    assert desk.rita.put(f"tickets/{number}/estimate", json={"minutes": 240}).json() == {
        "own": 135, "total": 135, "estimate": 240, "estimates": 240, "parts": 0,
        "people": [{"name": "Rita Sosa", "minutes": 135}],
        "activities": [{"name": "Meeting", "minutes": 120}, {"name": "Work", "minutes": 15}],
    }  # fmt: skip
    assert desk.rita.delete(where).status_code == 204
    problem(desk.rita.get(where), 404)
    assert desk.arun.get(path).json()["own"] == 15


def test_what_is_no_time_is_refused_by_field(desk):
    number = cast.create_ticket(desk.company.sam)
    before = fingerprint()
    for body, field in (
        ({"time": "soon"}, "time"), ({"time": "1h", "minutes": 60}, "time"), ({}, "time"),
        ({"minutes": 1441}, "minutes"),
        ({"minutes": 5, "day": "2999-01-01"}, "day"), ({"minutes": 5, "activity": "Sleep"}, "activity"),
        ({"minutes": 5, "worker": desk.company.bela.id}, "worker"), ({"minutes": 5, "note": "x" * 501}, "note"),
    ):  # fmt: skip
        said = problem(desk.mona.post("time-entries", json={"ticket": number, **body}), 422)
        assert said["errors"][0]["field"] == field, said
    problem(desk.sam.get(f"tickets/{number}/time"), 403)
    problem(desk.sam.post("time-entries", json={"ticket": number, "minutes": 5}), 403)
    reader = desk.through(desk.token(desk.company.rita, "read"))
    problem(reader.post("time-entries", json={"ticket": number, "minutes": 5}), 403)
    assert reader.get(f"tickets/{number}/time").json()["own"] == 0
    assert fingerprint() == before


def test_the_list_of_activities_is_kept_by_administrators(desk):
    made = desk.ada.post("activities", json={"name": "Training"}).json()
    assert made == {"id": made["id"], "name": "Training", "default": False, "version": 1}
    path = f"activities/{made['id']}"
    assert desk.ada.patch(path, json={"name": "Teaching", "default": True}).json()["default"]
    problem(desk.ada.delete(path), 422)
    assert desk.ada.delete("activities/1").status_code == 204
    problem(desk.ada.delete("activities/1"), 404)
    assert [a["name"] for a in desk.sam.get("activities").json()["items"]] == [
        "Research", "Meeting", "Travel", "Teaching",
    ]  # fmt: skip
