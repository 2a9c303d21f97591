"""The tree of categories and its proposals over the API."""

from tests import cast
from tests.api.conftest import problem
from tests.api.state import fingerprint
from worker import scheduler


def test_the_tree_is_arranged(desk):
    def make(name, **more):
        return desk.ada.post("categories", json={"name": name, **more}).json()["id"]

    def change(id, **what):
        return desk.ada.patch(f"categories/{id}", json=what)

    def paths():
        return [c["path"] for c in desk.sam.get("categories").json()["items"]]

    network, doors = make("Network", priority="high"), make("Doors")
    vpn = make("VPN", parent=doors)
    assert change(vpn, parent=network).json()["path"] == "Network / VPN"
    assert change(network, position=0).json()["priority"] == "high"
    assert paths() == ["Network", "Network / VPN", "Doors", "General"]
    assert desk.sam.post("tickets", json={"title": "x", "category": vpn}).json()["priority"] == "high"
    assert (
        desk.sam.post("tickets", json={"title": "x", "category": vpn, "priority": "low"}).json()["priority"]
        == "low"
    )
    assert change(vpn, priority="urgent", parent=None).json()["priority"] == "urgent"
    assert change(vpn, priority=None).json()["priority"] is None
    assert change(doors, default=True).json()["default"]
    assert desk.sam.post("tickets", json={"title": "x"}).json()["category"]["name"] == "Doors"
    before = fingerprint()
    problem(change(network, parent=network), 422)
    problem(change(network, parent=999), 422)
    problem(change(network, priority="high!"), 422)
    problem(change(network, default=False), 422)
    problem(change(network, position=-1), 422)
    problem(desk.ada.delete(f"categories/{doors}?successor=1"), 422)
    assert fingerprint() == before


def test_a_proposal_waits_and_is_answered(desk):
    number = desk.rita.post("tickets", json={"title": "It flew off", "proposed_category": "Drones"}).json()[
        "number"
    ]
    assert desk.arun.get(f"tickets/{number}").json()["proposed_category"] == "Drones"
    [waiting] = desk.ada.get("category-proposals").json()["items"]
    assert (waiting["name"], waiting["people"], waiting["tickets"]) == ("Drones", ["Rita Sosa"], 1)
    path = f"category-proposals/{waiting['id']}"
    made = desk.ada.post(
        f"{path}/accept", json={"name": "Flying machines", "team": desk.company.service_desk}
    )
    assert made.json()["name"] == "Flying machines" and made.json()["team"]["name"] == "Service desk"
    found = desk.rita.get(f"tickets/{number}").json()
    assert found["category"]["name"] == "Flying machines" and found["proposed_category"] is None
    problem(desk.ada.post(f"{path}/accept", json={"name": "x"}), 404)
    desk.rita.post("tickets", json={"title": "x", "proposed_category": "Nonsense"})
    [waiting] = desk.ada.get("category-proposals").json()["items"]
    assert desk.ada.delete(f"category-proposals/{waiting['id']}").status_code == 204
    assert desk.ada.get("category-proposals").json()["items"] == []
    problem(desk.rita.post("tickets", json={"title": "x", "proposed_category": "General"}), 422)


def test_what_is_above_a_cap_waits_for_an_assignee_and_staff_alone_read_it(desk):
    rule = {"assignment": {"way": "round_robin", "cap": 1}}
    category = desk.ada.post("categories", json={"name": "Doors", **rule}).json()["id"]
    body = {"title": "It sticks", "category": category}
    held = [desk.sam.post("tickets", json=body).json() for _ in range(3)]
    number = desk.sam.post("tickets", json=body).json()["number"]

    def waits(who, number=number):
        return who.get(f"tickets/{number}").json()["waiting_for_assignee"]

    assert [waits(who) for who in (desk.rita, desk.ada, desk.sam)] == [True, True, False]
    assert not waits(desk.rita, held[0]["number"])
    taken = desk.rita.post(f"tickets/{number}/take").json()
    assert (taken["waiting_for_assignee"], taken["assignee"]["name"]) == (False, "Rita Sosa")
    done = held[0]["number"]
    late = desk.sam.post("tickets", json=body).json()["number"]
    desk.mona.put(f"tickets/{done}/status", json={"status": "Completed", "version": held[0]["version"]})
    scheduler.tick(next(task for task in scheduler.TASKS if task.name == "assign waiting tickets"))
    found = desk.rita.get(f"tickets/{late}").json()
    assert (found["waiting_for_assignee"], found["assignee"]["name"]) == (False, held[0]["assignee"]["name"])


def test_a_requester_sees_no_proposal(desk):
    body = {"title": "x", "requester": desk.company.sam.id, "proposed_category": "Drones"}
    number = desk.rita.post("tickets", json=body).json()["number"]
    cast.add_comment(desk.company.rita, number, "hello")
    for path in (f"tickets/{number}", f"tickets/{number}/events", "categories"):
        answer = desk.sam.get(path)
        assert answer.status_code == 200 and "Drones" not in answer.text
