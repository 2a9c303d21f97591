"""Canned replies over the API."""

from tests import cast
from tests.api.conftest import problem


def test_replies_are_kept_changed_used_and_deleted(desk):
    form = {"name": "Hello", "body": "Hello {requester.name}"}
    made = desk.ada.post("canned-replies", json=form)
    assert made.status_code == 201 and made.json()["team"] is None
    path = f"canned-replies/{made.json()['id']}"
    assert "{x}" in problem(desk.ada.post("canned-replies", json={"name": "x", "body": "{x}"}), 422)["detail"]
    assert [r["mine"] for r in desk.rita.get("canned-replies").json()["items"]] == [False]
    changed = desk.ada.patch(path, json={"version": 1, "body": "Dear {requester.name}"})
    assert changed.json()["version"] == 2 and changed.json()["name"] == "Hello"
    problem(desk.ada.patch(path, json={"version": 1, "body": "x"}), 409)
    number = cast.create_ticket(desk.company.sam)
    ready = desk.rita.get(f"tickets/{number}/canned-replies?search=hel").json()["items"]
    assert [(r["name"], r["body"]) for r in ready] == [("Hello", "Dear Sam Reed")]
    problem(desk.sam.get(f"tickets/{number}/canned-replies"), 403)
    problem(desk.mona.patch(path, json={"version": 2, "body": "x"}), 403)
    assert desk.ada.delete(path).status_code == 204
    problem(desk.ada.delete(path), 404)
