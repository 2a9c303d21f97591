"""What retires, deletes, disables and removes says first what it would do, and what can come back comes back."""

from types import SimpleNamespace

import pytest

from tests import cast
from tests.api.conftest import problem
from tests.api.state import fingerprint


def make(client, path, **body):
    return client.post(path, json=body).json()["id"]


def ask(desk, **more):
    return desk.sam.post("tickets", json={"title": "The printer is broken", **more}).json()["number"]


def give(desk, number, whom):
    version = desk.mona.get(f"tickets/{number}").json()["version"]
    answer = desk.mona.put(f"tickets/{number}/assignee", json={"assignee": whom, "version": version})
    assert answer.status_code == 200


def test_a_status_is_foreseen_retired_and_restored(desk):
    waits = make(desk.ada, "statuses", name="On hold", kind="paused")
    number = ask(desk)
    version = desk.rita.get(f"tickets/{number}").json()["version"]
    desk.rita.put(f"tickets/{number}/status", json={"status": "On hold", "version": version})
    before = fingerprint()
    foreseen = desk.ada.delete(f"statuses/{waits}?dry_run=true")
    assert foreseen.status_code == 200
    assert foreseen.json() == {"tickets": 1, "open": 1, "merged": 0, "moves": 0, "needs_successor": True}
    problem(desk.ada.delete(f"statuses/{waits}"), 422)
    problem(desk.mona.delete(f"statuses/{waits}?dry_run=true"), 403)
    assert fingerprint() == before
    pending = next(s["id"] for s in desk.ada.get("statuses").json()["items"] if s["name"] == "Pending")
    assert desk.ada.delete(f"statuses/{waits}?successor={pending}").status_code == 204
    assert [s["name"] for s in desk.ada.get("statuses?archived=true").json()["items"]] == ["On hold"]
    problem(desk.mona.get("statuses?archived=true"), 403)
    assert (
        "Restore it"
        in problem(desk.ada.post("statuses", json={"name": "ON HOLD", "kind": "todo"}), 422)["detail"]
    )
    problem(desk.mona.post(f"statuses/{waits}/restore"), 403)
    assert desk.ada.post(f"statuses/{waits}/restore").json()["name"] == "On hold"
    assert desk.ada.get("statuses").json()["items"][-1]["id"] == waits
    assert desk.rita.get(f"tickets/{number}").json()["status"]["name"] == "Pending"
    problem(desk.ada.post(f"statuses/{waits}/restore"), 404)
    default = next(s["id"] for s in desk.ada.get("statuses").json()["items"] if s["default"])
    problem(desk.ada.delete(f"statuses/{default}?dry_run=true"), 422)


def test_a_category_is_foreseen_deleted_and_restored_where_it_was(desk):
    above = make(desk.ada, "categories", name="Buildings")
    doors, gates = (make(desk.ada, "categories", name=name, parent=above) for name in ("Doors", "Gates"))
    ask(desk, category=doors)
    before = fingerprint()
    assert desk.ada.delete(f"categories/{doors}?dry_run=true").json() == {
        "tickets": 1, "open": 1, "proposals": 0, "people": 0, "fields": 0, "rule": False, "needs_successor": True,
    }  # fmt: skip
    problem(desk.ada.delete(f"categories/{above}?dry_run=true"), 422)
    assert fingerprint() == before
    assert desk.ada.delete(f"categories/{doors}?successor={gates}").status_code == 204
    assert [c["name"] for c in desk.ada.get("categories?deleted=true").json()["items"]] == ["Doors"]
    again = make(desk.ada, "categories", name="doors", parent=above)
    assert "exists already" in problem(desk.ada.post(f"categories/{doors}/restore"), 422)["detail"]
    desk.ada.patch(f"categories/{again}", json={"name": "Portals"})
    assert desk.ada.post(f"categories/{doors}/restore").json()["path"] == "Buildings / Doors"
    problem(desk.ada.post(f"categories/{doors}/restore"), 404)


def test_a_category_whose_parent_is_gone_comes_back_at_the_top(desk):
    above = make(desk.ada, "categories", name="Buildings")
    doors = make(desk.ada, "categories", name="Doors", parent=above)
    for id in (doors, above):
        assert desk.ada.delete(f"categories/{id}").status_code == 204
    assert desk.ada.post(f"categories/{doors}/restore").json()["path"] == "Doors"


def test_a_rate_is_foreseen_removed_and_restored(desk):
    usual = make(desk.ada, "rates", rate="50", since="2026-01-01")
    own = make(desk.ada, "rates", rate="80", since="2026-01-01", person=desk.company.rita.id)
    number = ask(desk)
    desk.rita.post("time-entries", json={"ticket": number, "minutes": 90})
    before = fingerprint()
    assert desk.ada.delete(f"rates/{own}?dry_run=true").json() == {
        "entries": 1, "minutes": 90, "before_cents": 12000, "after_cents": 7500, "currency": "EUR",
    }  # fmt: skip
    assert desk.ada.delete(f"rates/{usual}?dry_run=true").json()["entries"] == 0
    problem(desk.mona.delete(f"rates/{own}?dry_run=true"), 403)
    assert fingerprint() == before
    assert desk.ada.delete(f"rates/{own}").status_code == 204
    assert [r["id"] for r in desk.ada.get("rates").json()["items"]] == [usual]
    assert [r["id"] for r in desk.ada.get("rates?removed=true").json()["items"]] == [own]
    other = make(desk.ada, "rates", rate="90", since="2026-01-01", person=desk.company.rita.id)
    problem(desk.ada.post(f"rates/{own}/restore"), 422)
    desk.ada.delete(f"rates/{other}")
    assert desk.ada.post(f"rates/{own}/restore").json()["cents"] == 8000
    problem(desk.ada.post(f"rates/{own}/restore"), 404)


def test_disabling_a_person_is_foreseen_and_taken_back(desk):
    number = ask(desk)
    give(desk, number, desk.company.rita.id)
    desk.browser(desk.company.rita)
    assert desk.rita.get("me").status_code == 200
    rita = f"people/{desk.company.rita.id}"
    before = fingerprint()
    foreseen = desk.mona.post(f"{rita}/disable?dry_run=true").json()
    team = {"id": desk.company.service_desk, "name": "Service desk", "open": 1}
    assert (foreseen["tickets"], foreseen["sessions"], foreseen["tokens"]) == ([team], 1, 1)
    problem(desk.bela.post(f"{rita}/disable?dry_run=true"), 403)
    assert fingerprint() == before
    assert desk.mona.post(f"{rita}/disable").json()["active"] is False
    assert desk.mona.get(f"tickets/{number}").json()["assignee"] is None
    assert [t["number"] for t in desk.mona.get("tickets?assignee=none").json()["items"]] == [number]
    assert desk.mona.patch(rita, json={"active": True}).json()["active"] is True
    assert desk.mona.get(f"tickets/{number}").json()["assignee"]["name"] == "Rita Sosa"


ALIKE = [
    ("Zürich", "zurich"),
    ("Zürich", "ZÜRICH"),
    ("Room 1", "room  1"),
    ("Straße", "STRASSE"),
    ("\uff21\uff11", "a1"),
]


@pytest.mark.parametrize(("first", "second"), ALIKE)
@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("categories", {}),
        ("teams", {}),
        ("statuses", {"kind": "todo"}),
        ("fields", {"kind": "text"}),
        ("canned-replies", {"body": "Hello"}),
    ],
)
def test_names_are_the_same_whatever_their_case_accents_and_blanks(sqlite_desk, path, more, first, second):
    desk = sqlite_desk
    more |= {"key": "one"} if path == "fields" else {}
    assert desk.ada.post(path, json={"name": first, **more}).status_code == 201
    more |= {"key": "two"} if path == "fields" else {}
    assert "exists already" in problem(desk.ada.post(path, json={"name": second, **more}), 422)["detail"]
    id = make(desk.ada, path, name="Quite another", **more)
    known = {"body": "Hello", "version": 1} if path == "canned-replies" else {}
    problem(desk.ada.patch(f"{path}/{id}", json={"name": second, **known}), 422)
    assert desk.ada.patch(f"{path}/{id}", json={"name": "QUITE ANOTHER", **known}).status_code == 200


def test_a_category_is_unique_among_those_beside_it(desk):
    one, two = (make(desk.ada, "categories", name=name) for name in ("Hardware", "Software"))
    here = make(desk.ada, "categories", name="Other", parent=one)
    there = make(desk.ada, "categories", name="Other", parent=two)
    problem(desk.ada.patch(f"categories/{there}", json={"parent": one}), 422)
    assert (
        "Several categories"
        in problem(desk.sam.post("tickets", json={"title": "x", "category": "other"}), 422)["detail"]
    )
    number = ask(desk, category="Software / Other")
    assert desk.sam.get(f"tickets/{number}").json()["category"]["id"] == there
    asked = ask(desk, category=here)
    found = {t["number"] for t in desk.mona.get("tickets?category=Other").json()["items"]}
    assert found == {number, asked}
    assert {t["number"] for t in desk.mona.get("tickets?q=category:other").json()["items"]} == found


@pytest.mark.parametrize(
    "name", ["Status", "PRIORITY", "due", "Assignée", "Created", "First response", "tags"]
)
def test_a_custom_field_is_not_called_as_a_built_in_one(sqlite_desk, name):
    desk = sqlite_desk
    problem(desk.ada.post("fields", json={"name": name, "kind": "text", "key": "other"}), 422)
    problem(desk.ada.post("fields", json={"name": "Quite another", "kind": "text", "key": name}), 422)
    id = make(desk.ada, "fields", name="Quite another", kind="text")
    problem(desk.ada.patch(f"fields/{id}", json={"name": name}), 422)


def test_a_manager_keeps_the_requester_whom_they_invited_and_no_other(desk):
    invited = desk.mona.post("people", json={"name": "Nia Ro", "email": "nia@example.org"}).json()
    nia = f"people/{invited['person']['id']}"
    assert desk.mona.post(f"{nia}/password-link").status_code == 201
    assert (
        desk.mona.patch(nia, json={"name": "Nia Roy", "email": "nia.roy@example.org"}).json()["name"]
        == "Nia Roy"
    )
    cast.set_password(_actor(invited["person"]["id"]))
    assert desk.mona.patch(nia, json={"name": "Nia R. Roy"}).status_code == 200
    problem(desk.mona.post(f"{nia}/password-link"), 403)
    assert desk.mona.patch(nia, json={"active": False}).json()["active"] is False
    cast.set_password(desk.company.sam)
    for change in ({"name": "X"}, {"email": "x@example.org"}, {"active": False}):
        problem(desk.mona.patch(f"people/{desk.company.sam.id}", json=change), 403)
        problem(desk.rita.patch(nia, json=change), 403)
        problem(desk.mona.patch(f"people/{desk.company.bela.id}", json=change), 403)
        problem(desk.mona.patch(f"people/{desk.company.ada.id}", json=change), 403)


def _actor(id):
    return SimpleNamespace(id=id)


def test_an_empty_team_is_deleted_and_any_other_is_merged(desk):
    empty = make(desk.ada, "teams", name="Archive")
    assert desk.ada.delete(f"teams/{empty}?dry_run=true").json()["needs_successor"] is False
    problem(desk.mona.delete(f"teams/{empty}"), 403)
    assert desk.ada.delete(f"teams/{empty}").status_code == 204
    problem(desk.ada.delete(f"teams/{empty}"), 404)

    old, new = desk.company.service_desk, desk.company.facilities
    number = ask(desk)
    give(desk, number, desk.company.rita.id)
    printers = make(desk.ada, "categories", name="Printers", team=old)
    for team in (old, new):
        desk.ada.post("canned-replies", json={"name": "Hello", "body": "Hello", "team": team})
    desk.mona.post("views", json={"name": "Ours", "q": "is:open", "team": old})
    desk.ada.patch(f"teams/{old}", json={"assignment": {"way": "least_loaded"}})
    before = fingerprint()
    assert desk.ada.delete(f"teams/{old}?dry_run=true").json() == {
        "tickets": 1, "open": 1, "members": 3, "categories": 2, "replies": 1, "views": 1, "rule": True,
        "slack": False, "default": True, "needs_successor": True,
    }  # fmt: skip
    problem(desk.ada.delete(f"teams/{old}"), 422)
    problem(desk.ada.delete(f"teams/{old}?successor={old}"), 422)
    problem(desk.mona.delete(f"teams/{old}?successor={new}"), 403)
    assert fingerprint() == before
    assert desk.ada.delete(f"teams/{old}?successor={new}").status_code == 204
    (team,) = desk.ada.get("teams").json()["items"]
    assert {m["name"] for m in team["members"]} == {"Mona Lind", "Rita Sosa", "Arun Das", "Bela Kun"}
    assert team["default"] and team["assignment"]["way"] == "least_loaded"
    ticket = desk.bela.get(f"tickets/{number}").json()
    assert (ticket["team"]["id"], ticket["assignee"]["name"]) == (new, "Rita Sosa")
    listed = {c["id"]: c for c in desk.ada.get("categories").json()["items"]}
    assert listed[printers]["team"]["id"] == new
    assert {r["name"] for r in desk.ada.get("canned-replies").json()["items"]} == {
        "Hello",
        "Hello (Service desk)",
    }
    assert ask(desk) > number
