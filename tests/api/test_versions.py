"""What people change in forms carries a version, and a change that names an older one is refused."""

import pytest

CHANGES = {
    "statuses": ({"name": "Parked", "kind": "paused"}, {"name": "Waits"}, {"asks_reason": True}),
    "categories": ({"name": "Lamps"}, {"name": "Lights"}, {"priority": "high"}),
    "teams": ({"name": "Network"}, {"name": "Networks"}, {"assignment": {"way": "round_robin"}}),
    "fields": ({"name": "Floor", "kind": "text"}, {"name": "Building floor"}, {"access": {"agent": "read"}}),
    "activities": ({"name": "Repairs"}, {"name": "Trips"}, {"default": True}),
    "people": (
        {"name": "Nia Roy", "email": "nia.roy@example.org"},
        {"name": "Nia Rao"},
        {"role": "agent"},
    ),
}


@pytest.fixture(params=CHANGES)
def kind(request):
    return request.param


@pytest.fixture
def ada(desk):
    return desk.ada


def make(ada, kind):
    answer = ada.post(f"{kind}", json=CHANGES[kind][0])
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return made.get("person", made)


def test_a_change_that_names_the_version_it_read_is_made_and_counted(ada, kind):
    made = make(ada, kind)
    _new, *changes = CHANGES[kind]
    version = made["version"]
    for change in changes:
        answer = ada.patch(f"{kind}/{made['id']}", json={**change, "version": version})
        assert answer.status_code == 200, answer.text
        assert answer.json()["version"] > version
        version = answer.json()["version"]
    again = ada.patch(f"{kind}/{made['id']}", json={**changes[0], "version": version})
    assert again.json()["version"] == version, "what changes nothing counts as no change"


def test_a_change_that_names_an_older_version_is_refused_whole(ada, kind):
    made = make(ada, kind)
    _new, first, second = CHANGES[kind]
    path = f"{kind}/{made['id']}"
    now = ada.patch(path, json=first).json()
    late = ada.patch(path, json={**second, "name": "Never", "version": made["version"]})
    assert late.status_code == 409, late.text
    assert late.json()["current"] == {"version": now["version"]}
    assert ada.patch(path, json={"version": now["version"]}).json() == now


DELETABLE = {
    **{path: (new, change) for path, (new, change, _other) in CHANGES.items() if path != "people"},
    "canned-replies": ({"name": "Hello", "body": "Hello."}, {"name": "Hi"}),
}


@pytest.mark.parametrize("path", DELETABLE)
def test_what_was_changed_meanwhile_is_not_deleted(ada, path):
    new, change = DELETABLE[path]
    made = ada.post(path, json=new).json()
    seen = {"version": made["version"]} if path == "canned-replies" else {}
    now = ada.patch(f"{path}/{made['id']}", json={**change, **seen}).json()
    late = ada.delete(f"{path}/{made['id']}?version={made['version']}")
    assert (late.status_code, late.json()["current"]) == (409, {"version": now["version"]})
    assert made["id"] in [each["id"] for each in ada.get(path).json()["items"]]
    assert ada.delete(f"{path}/{made['id']}?version=x").status_code == 422
    assert ada.delete(f"{path}/{made['id']}?version={now['version']}").status_code == 204


def test_a_team_that_was_changed_meanwhile_is_not_merged(ada, desk):
    made = ada.post("teams", json={"name": "Network"}).json()
    now = ada.patch(f"teams/{made['id']}", json={"name": "Networks"}).json()
    path = f"teams/{made['id']}?successor={desk.company.service_desk}&version="
    assert ada.delete(f"{path}{made['version']}").status_code == 409
    assert ada.delete(f"{path}{now['version']}").status_code == 204


def test_a_rate_that_was_set_again_meanwhile_is_not_removed(ada):
    rate = {"since": "2026-01-01", "rate": "80"}
    made = ada.post("rates", json=rate).json()
    now = ada.post("rates", json={**rate, "rate": "90"}).json()
    late = ada.delete(f"rates/{made['id']}?version={made['version']}")
    assert (late.status_code, late.json()["current"]) == (409, {"version": now["version"]})
    assert ada.delete(f"rates/{made['id']}?version={now['version']}").status_code == 204


def test_a_rate_that_somebody_else_set_meanwhile_is_not_overwritten(ada):
    rate = {"since": "2026-01-01", "rate": "80"}
    first = ada.post("rates", json={**rate, "version": 0})
    assert (first.status_code, first.json()["version"]) == (201, 1)
    late = ada.post("rates", json={**rate, "rate": "90", "version": 0})
    assert (late.status_code, late.json()["current"]) == (409, {"version": 1})
    again = ada.post("rates", json={**rate, "rate": "90", "version": 1}).json()
    assert (again["cents"], again["version"]) == (9000, 2)


def test_teams_and_skills_count_as_changes_of_a_person(ada, desk):
    path = f"people/{desk.company.rita.id}"
    before = ada.get(path).json()
    category = ada.post("categories", json={"name": "Lamps"}).json()["id"]
    assert ada.put(f"{path}/skills", json={"categories": [category]}).status_code == 200
    after = ada.get(path).json()
    assert after["version"] == before["version"] + 1
    ada.patch(path, json={"teams": []})
    assert ada.get(path).json()["version"] > after["version"]


def test_merging_and_deleting_count_for_all_that_changes_with_them(ada, desk):
    network = ada.post("teams", json={"name": "Network"}).json()["id"]
    lamps = ada.post("categories", json={"name": "Lamps", "team": network}).json()["id"]
    lights = ada.post("categories", json={"name": "Lights"}).json()["id"]
    ada.post("fields", json={"name": "Floor", "kind": "text", "categories": [lamps]})
    person = f"people/{desk.company.rita.id}"
    ada.put(f"teams/{network}/members/{desk.company.rita.id}")
    ada.put(f"{person}/skills", json={"categories": [lamps]})

    def versions():
        listed = [*ada.get("categories").json()["items"], *ada.get("fields").json()["items"]]
        there = {each["name"]: each["version"] for each in listed}
        return there.get("Lamps"), there["Lights"], there["Floor"], ada.get(person).json()["version"]

    lamp, light, floor, rita = versions()
    assert ada.delete(f"teams/{network}?successor={desk.company.service_desk}").status_code == 204
    assert versions() == (lamp + 1, light, floor, rita + 1)
    assert ada.delete(f"categories/{lamps}?successor={lights}").status_code == 204
    assert versions() == (None, light, floor + 1, rita + 2)
