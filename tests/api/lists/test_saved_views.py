"""Saved views over the API."""

from tests import cast
from tests.api.conftest import problem


def test_a_view_is_kept_changed_used_and_deleted(desk):
    number = cast.create_ticket(desk.company.sam, "The lamp", tags=["vip"])
    cast.create_ticket(desk.company.sam, "The door")
    made = desk.rita.post("views", json={"name": "Lamps", "q": "lamp is:open", "sort": "number"})
    assert made.status_code == 201
    view = made.json()
    assert made.headers["location"] == f"/api/v1/views/{view['id']}"
    assert view["owner"]["name"] == "Rita Sosa" and view["own"] and view["team"] is None
    listed = desk.rita.get("tickets", params={"view": view["id"]}).json()
    assert [i["number"] for i in listed["items"]] == [number]
    assert desk.rita.get("tickets", params={"view": view["id"], "tag": "!vip"}).json()["items"] == []
    changed = desk.rita.patch(f"views/{view['id']}", json={"q": "door", "team": desk.company.service_desk})
    assert changed.json() == view | {"q": "door", "team": desk.company.service_desk}
    theirs = desk.arun.get("views").json()["items"]
    assert theirs == [view | {"q": "door", "team": desk.company.service_desk, "own": False}]
    problem(desk.arun.patch(f"views/{view['id']}", json={"name": "Mine"}), 403)
    assert desk.rita.delete(f"views/{view['id']}").status_code == 204
    problem(desk.rita.get("tickets", params={"view": view["id"]}), 404)
    assert desk.rita.get("views").json()["items"] == []


def test_somebody_else_s_view_is_not_there(desk):
    view = desk.rita.post("views", json={"name": "Lamps", "q": "lamp"}).json()["id"]
    for answer in (
        desk.sam.get("tickets", params={"view": view}),
        desk.sam.patch(f"views/{view}", json={"name": "x"}),
        desk.sam.delete(f"views/{view}"),
    ):
        problem(answer, 404)
    problem(desk.rita.post("views", json={"name": "x", "q": "", "team": desk.company.facilities}), 403)
    problem(desk.rita.post("views", json={"name": "", "q": ""}), 422)
    assert len(desk.rita.get("views").json()["items"]) == 1
