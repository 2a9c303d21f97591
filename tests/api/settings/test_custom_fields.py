"""Custom fields through the API."""

import csv
import io

from db.models import FieldValue
from lib.transactions import act
from tests.api.conftest import problem

CANARY = "zebrafinch"


def field(desk, name, kind="text", **more):
    answer = desk.ada.post("fields", json={"name": name, "kind": kind, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_fields_are_kept_and_filled_in(desk):
    site = field(
        desk, "Site", "choice", choices=["North", "South"], access={"requester": "write", "agent": "write"}
    )
    assert site["access"] == {
        "requester": "write",
        "agent": "write",
        "manager": "none",
        "administrator": "none",
    }
    boss = field(desk, "Approver", "person", access={"agent": "write"})
    made = desk.sam.post("tickets", json={"title": "x", "fields": {"site": "South"}}).json()
    assert made["fields"] == {"site": {"id": site["choices"][1]["id"], "name": "South"}}
    where = f"tickets/{made['number']}"
    person = desk.company.mona.id
    answer = desk.rita.patch(where, json={"version": 1, "fields": {"approver": person, "site": None}})
    assert answer.status_code == 200, answer.text
    assert answer.json()["fields"] == {"site": None, "approver": {"id": person, "name": "Mona Lind"}}
    assert [f["key"] for f in desk.sam.get("fields").json()["items"]] == ["site"]
    assert desk.sam.get("fields").json()["items"][0]["access"] is None
    assert desk.rita.get("tickets?field=approver=Mona Lind").json()["items"][0]["number"] == made["number"]
    assert (
        desk.rita.get('tickets?q=field:"approver=Mona Lind"').json()["items"][0]["number"] == made["number"]
    )
    changed = desk.ada.patch(f"fields/{boss['id']}", json={"name": "Boss", "access": {"manager": "read"}})
    assert (changed.json()["name"], changed.json()["access"]["manager"]) == ("Boss", "read")
    assert desk.ada.delete(f"fields/{boss['id']}").status_code == 204
    assert "approver" not in desk.rita.get(where).json()["fields"]


def test_nobody_gets_a_byte_that_they_may_not_read(desk):
    field(desk, f"Secret {CANARY}", key="secret", access={"manager": "write"})
    number = desk.sam.post("tickets", json={"title": "x"}).json()["number"]
    where = f"tickets/{number}"
    answer = desk.mona.patch(where, json={"version": 1, "fields": {"secret": CANARY}})
    assert answer.json()["fields"] == {"secret": CANARY}
    for client in (desk.sam, desk.rita):
        for path in (
            where,
            f"{where}/events",
            f"{where}/comments",
            "fields",
            "tickets",
            f"search?q={CANARY}",
        ):
            got = client.get(path)
            assert got.status_code == 200 and CANARY not in got.text.replace(f"q={CANARY}", ""), path
        version = client.get(where).json()["version"]
        for key in ("secret", "no_such"):
            refused = problem(client.patch(where, json={"version": version, "fields": {key: "x"}}), 422)
            assert refused["errors"] == [{"field": f"fields.{key}", "message": "There is no such field."}]
        assert "There is no field" in problem(client.get("tickets?field=secret=x"), 422)["detail"]
    exported = desk.sam.get("tickets/export?format=csv")
    assert exported.status_code == 200 and CANARY not in exported.text
    assert f"Secret {CANARY}" in desk.mona.get("tickets/export?format=csv").text


def test_exports_hold_the_fields_that_one_may_read_where_one_may(desk):
    field(desk, "Cost", "number", access={"manager": "write", "requester": "none"})
    field(desk, "=Room", access={"manager": "write", "requester": "read"})
    field(desk, "Needed on", "date", access={"manager": "write"})
    mine = desk.sam.post("tickets", json={"title": "x"}).json()["number"]
    own = desk.mona.post("tickets", json={"title": "y", "team": desk.company.facilities}).json()["number"]
    values = {"cost": 12.5, "room": "A1", "needed_on": "2026-01-31"}
    desk.mona.patch(f"tickets/{mine}", json={"version": 1, "fields": values})
    with act() as session:
        session.add(FieldValue(ticket_id=own, field_id=1, number=77))
        session.add(FieldValue(ticket_id=own, field_id=2, words="B2"))

    def rows(client):
        return list(csv.reader(io.StringIO(client.get("tickets/export?sort=number").text.lstrip("\ufeff"))))

    managed, asked = rows(desk.mona), rows(desk.sam)
    assert [line[-3:] for line in managed] == [
        ["Cost", "'=Room", "Needed on"], ["12.5", "A1", "2026-01-31"], ["", "B2", ""],
    ]  # fmt: skip
    assert [line[-1] for line in asked] == ["'=Room", "A1"] and "12.5" not in str(asked)


def test_values_and_forms_are_checked_to_the_letter(desk):
    field(desk, "Price", "number")
    number = desk.sam.post("tickets", json={"title": "x"}).json()["number"]
    for given in ({"price": "much"}, {"price": [1]}, {"price": {"a": 1}}, {"price": True}, {"p\u0000": 1}):
        problem(desk.rita.patch(f"tickets/{number}", json={"version": 1, "fields": given}), 422)
    answer = desk.rita.patch(f"tickets/{number}", json={"version": 1, "fields": {"price": 0.5}})
    assert answer.json()["fields"] == {"price": 0.5}
    problem(desk.ada.post("fields", json={"name": "y", "kind": "magic"}), 422)
    problem(desk.ada.post("fields", json={"name": "y", "kind": "text", "owner": 1}), 422)
    problem(desk.ada.post("fields", json={"name": "y", "kind": "text", "access": {"nobody": "read"}}), 422)
    problem(desk.ada.patch("fields/99999", json={"name": "z"}), 404)


def test_only_who_keeps_order_keeps_fields(desk):
    id = field(desk, "Price", "number")["id"]
    for method, path, body in (
        ("POST", "fields", {"name": "x", "kind": "text"}), ("PATCH", f"fields/{id}", {"name": "x"}),
        ("DELETE", f"fields/{id}", None), ("DELETE", "fields/99999", None),
    ):  # fmt: skip
        for client in (desk.sam, desk.rita, desk.mona):
            assert "system.manage" in problem(client.request(method, path, json=body), 403)["detail"]
