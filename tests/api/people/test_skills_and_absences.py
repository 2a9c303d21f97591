"""Who may work a ticket, what people know, and when they are away, over the API."""

from datetime import timedelta

from lib.core import clock
from tests import cast
from tests.api.conftest import problem
from tests.api.state import fingerprint

TODAY = clock.now().date()


def test_the_assignees_of_a_ticket_come_best_fit_first(desk):
    number = cast.create_ticket(desk.company.sam)
    general = desk.rita.get("categories").json()["items"][0]
    path = f"people/{desk.company.rita.id}/skills"
    assert desk.rita.put(path, json={"categories": [general["id"]]}).json()["items"] == [
        {"id": general["id"], "name": "General"}
    ]
    assert desk.arun.get(path).json()["items"] == desk.rita.get(path).json()["items"]
    until = (TODAY + timedelta(days=3)).isoformat()
    away = {"starts": TODAY.isoformat(), "ends": until}
    made = desk.mona.post(f"people/{desk.company.arun.id}/absences", json=away)
    assert made.status_code == 201 and made.json() == {"id": made.json()["id"], **away}
    found = desk.mona.get(f"tickets/{number}/assignees").json()["items"]
    assert found[0] == {
        "person": {"id": desk.company.rita.id, "name": "Rita Sosa"},
        "knows": "General", "open": 0, "away_until": None, "reason": "skilled in General, no open tickets",
    }  # fmt: skip
    assert [(f["person"]["name"], f["away_until"]) for f in found[1:]] == [
        ("Mona Lind", None),
        ("Arun Das", until),
    ]
    assert desk.arun.get(f"people/{desk.company.arun.id}/absences").json()["items"] == [made.json()]
    gone = f"people/{desk.company.arun.id}/absences/{made.json()['id']}"
    problem(desk.rita.delete(f"people/{desk.company.rita.id}/absences/{made.json()['id']}"), 404)
    assert desk.arun.delete(gone).status_code == 204
    problem(desk.arun.delete(gone), 404)


def test_skills_and_absences_are_changed_by_those_who_may(desk):
    before = fingerprint()
    rita, away = f"people/{desk.company.rita.id}", {"starts": TODAY.isoformat(), "ends": TODAY.isoformat()}
    problem(desk.arun.put(f"{rita}/skills", json={"categories": [1]}), 403)
    problem(desk.arun.post(f"{rita}/absences", json=away), 403)
    problem(desk.rita.put(f"{rita}/skills", json={"categories": [99]}), 422)
    problem(desk.rita.post(f"{rita}/absences", json={**away, "starts": "2999-01-01"}), 422)
    problem(desk.rita.post(f"{rita}/absences", json={**away, "person": 1}), 422)
    own = f"people/{desk.company.sam.id}"
    problem(desk.sam.put(f"{own}/skills", json={"categories": []}), 403)
    assert desk.sam.get(f"{own}/skills").json()["items"] == []
    number = cast.create_ticket(desk.company.sam)
    cast.add_comment(desk.company.rita, number, "hello")
    before = fingerprint()
    for what in ("skills", "absences"):
        problem(desk.sam.get(f"{rita}/{what}"), 404)
    problem(desk.sam.get(f"tickets/{number}/assignees"), 403)
    assert fingerprint() == before


def test_rules_of_assignment_are_set_on_categories_and_teams(desk):
    turn = {"way": "round_robin", "cap": 5}
    made = desk.ada.post("categories", json={"name": "Doors", "assignment": turn}).json()
    assert made["assignment"] == turn
    number = desk.sam.post("tickets", json={"title": "Stuck", "category": "Doors"}).json()["number"]
    given = desk.mona.get(f"tickets/{number}").json()["assignee"]
    assert given["name"] == "Mona Lind"
    event = desk.mona.get(f"tickets/{number}/events").json()["items"][-1]
    assert event["actor"] is None and event["sentence"].endswith(": round robin rule of the category Doors")
    path = f"categories/{made['id']}"
    assert desk.ada.patch(path, json={"assignment": None}).json()["assignment"] is None
    team = f"teams/{desk.company.service_desk}"
    least = {"way": "least_loaded", "cap": None}
    assert desk.mona.patch(team, json={"assignment": least}).json()["assignment"] == least
    assert desk.mona.patch(team, json={"name": "First line"}).json()["assignment"] == least
    assert all(t["assignment"] is None for t in desk.sam.get("teams").json()["items"])
    before = fingerprint()
    problem(desk.rita.patch(team, json={"assignment": turn}), 403)
    problem(desk.mona.patch(path, json={"assignment": turn}), 403)
    for wrong in ({"way": "dice"}, {"way": "manual", "cap": 0}, {"way": "manual", "last": 1}, "manual"):
        problem(desk.ada.patch(path, json={"assignment": wrong}), 422)
    assert fingerprint() == before


def test_a_ticket_is_handed_over_with_a_reason_that_colleagues_read(desk):
    number = cast.create_ticket(desk.company.sam)
    body = {"assignee": desk.company.arun.id, "version": 1, "reason": "You were there"}
    given = desk.mona.put(f"tickets/{number}/assignee", json=body).json()
    answer = desk.arun.delete(f"tickets/{number}/assignee?version={given['version']}&reason=Not mine")
    assert answer.json()["assignee"] is None
    told = [e["sentence"] for e in desk.rita.get(f"tickets/{number}/events").json()["items"]]
    assert told[1:] == [
        "assigned it to Arun Das: You were there", "unassigned Arun Das: Not mine",
    ]  # fmt: skip
    assert "there" not in desk.sam.get(f"tickets/{number}/events").text
