"""Changes of many tickets over HTTP."""

import pytest

from db.vocabulary import Permission, Scope
from tests.api.conftest import problem


@pytest.fixture
def numbers(desk):
    return [desk.sam.post("tickets", json={"title": f"Printer {n}"}).json()["number"] for n in range(3)]


def test_many_are_changed_and_brought_back(desk, numbers):
    body = {"tickets": numbers, "change": {"priority": "high", "assignee": None, "add_tags": ["vip"]}}
    foreseen = desk.mona.post("tickets/bulk", json={**body, "preview": True}).json()
    assert (foreseen["batch"], foreseen["changed"]) == (None, 3)
    assert desk.mona.get(f"tickets/{numbers[0]}").json()["priority"] == "normal"
    done = desk.mona.post("tickets/bulk", json=body).json()
    assert (done["changed"], done["unchanged"], done["refused"]) == (3, 0, 0)
    assert done["items"][0] == {"number": numbers[0], "outcome": "changed", "reason": None}
    again = desk.mona.post("tickets/bulk", json=body).json()
    assert (again["changed"], again["unchanged"]) == (0, 3)
    undone = desk.mona.post(f"tickets/bulk/{done['batch']}/undo").json()
    assert undone["changed"] == 3
    now = desk.mona.get(f"tickets/{numbers[0]}").json()
    assert (now["priority"], now["tags"]) == ("normal", [])


def test_each_refusal_is_told_and_the_rest_goes_on(desk, numbers):
    seen = [{"number": numbers[0], "version": 7}, {"number": numbers[1], "version": 1}, 99_999]
    told = desk.mona.post("tickets/bulk", json={"tickets": seen, "change": {"status": "In Progress"}}).json()
    assert [(i["number"], i["outcome"]) for i in told["items"]] == [
        (numbers[0], "refused"), (numbers[1], "changed"), (99_999, "refused"),
    ]  # fmt: skip
    assert "Somebody else changed" in told["items"][0]["reason"]
    assert told["items"][2]["reason"] == "This doesn't exist, or you don't have access to it."


def test_it_takes_a_permission_of_its_own(desk, numbers):
    body = {"tickets": numbers, "change": {"priority": "low"}}
    for client in (desk.sam, desk.rita):
        assert "ticket.bulk" in problem(client.post("tickets/bulk", json=body), 403)["detail"]
    assert {desk.sam.get(f"tickets/{n}").json()["priority"] for n in numbers} == {"normal"}
    assert desk.company.rita.reach(Permission.TICKET_BULK) == Scope.NONE


@pytest.mark.parametrize(
    "body",
    [
        {"tickets": [], "change": {"priority": "low"}},
        {"tickets": [1], "change": {}},
        {"tickets": [1], "change": {"title": "x"}},
        {"tickets": [1], "change": {"priority": "dire"}},
        {"tickets": list(range(1, 502)), "change": {"priority": "low"}},
        {"tickets": ["1"], "change": {"priority": "low"}},
        {"tickets": [1], "change": {"assignee": "somebody"}},
    ],
)
def test_what_can_t_be_is_refused_as_a_whole(desk, numbers, body):
    problem(desk.mona.post("tickets/bulk", json=body), 422)


def test_a_batch_that_is_somebody_else_s_is_not_there(desk, numbers):
    body = {"tickets": numbers, "change": {"priority": "low"}}
    batch = desk.mona.post("tickets/bulk", json=body).json()["batch"]
    for client in (desk.sam, desk.rita, desk.ada):
        problem(client.post(f"tickets/bulk/{batch}/undo"), 404)
