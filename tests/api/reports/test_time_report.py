"""Reports of hours over the API."""

from lib.core import clock
from tests import cast
from tests.api.conftest import problem


def test_hours_are_reported_as_data_and_as_files(desk):
    number, today = cast.create_ticket(desk.company.sam), clock.now().date().isoformat()
    for client, minutes in ((desk.rita, 90), (desk.arun, 30)):
        assert client.post("time-entries", json={"ticket": number, "minutes": minutes}).status_code == 201
    span = f"from={today}&to={today}"
    nothing = {"estimate": None, "estimated": None, "cost": None}
    assert desk.mona.get(f"time-report?{span}").json() == {
        "by": ["person"], "total": 120, "unseen": 0, "currency": None, "unpriced": 0, **nothing,
        "groups": [
            {"values": ["Arun Das"], "period": None, "minutes": 30, **nothing},
            {"values": ["Rita Sosa"], "period": None, "minutes": 90, **nothing},
        ],
    }  # fmt: skip
    assert desk.rita.get(f"time-report?{span}&by=ticket,billable&per=day").json()["groups"] == [
        {"values": [f"#{number}", "not billable"], "period": today, "minutes": 90, **nothing}
    ]
    told = desk.mona.get(f"time-report?{span}&format=csv")
    assert told.headers["content-disposition"] == 'attachment; filename="hours.csv"'
    assert told.text.splitlines()[1:] == ["Arun Das,30,0.50", "Rita Sosa,90,1.50", "total,120,2.00"]
    assert desk.mona.get(f"time-report?{span}&format=xlsx").content.startswith(b"PK")
    problem(desk.sam.get(f"time-report?{span}"), 403)
    problem(desk.rita.get(f"time-report?{span}&by=mood"), 422)


def test_estimates_and_costs_are_told_to_those_who_may_know(desk):
    number, today = (
        cast.create_ticket(desk.company.sam, tags=["vip", "badge"]),
        clock.now().date().isoformat(),
    )
    assert desk.rita.post("time-entries", json={"ticket": number, "minutes": 90}).status_code == 201
    assert desk.rita.put(f"tickets/{number}/estimate", json={"minutes": 240}).status_code == 200
    span = f"from={today}&to={today}"
    found = desk.mona.get(f"time-report?{span}&by=tag").json()
    assert found["groups"][0]["values"] == ["badge + vip"] and found["groups"][0]["estimate"] == 240
    made = desk.ada.post(
        "rates", json={"rate": "80.50", "since": "2020-01-01", "person": desk.company.rita.id}
    )
    assert made.status_code == 201 and made.json()["cents"] == 8050
    found = desk.ada.get(f"time-report?{span}&by=person&cost=true").json()
    assert (found["cost"], found["currency"], found["unpriced"]) == (12075, "EUR", 0)
    told = desk.ada.get(f"time-report?{span}&by=ticket&cost=true&format=csv").text.splitlines()
    assert told == [
        "\ufeffticket,minutes,hours,estimate,on estimated,cost in EUR",
        f"#{number},90,1.50,240,90,120.75",
        "total,90,1.50,240,90,120.75",
    ]
    for client in (desk.mona, desk.rita):
        problem(client.get(f"time-report?{span}&cost=true"), 403)
        problem(client.get("rates"), 403)
        problem(client.post("rates", json={"rate": "1", "since": today}), 403)
        problem(client.delete(f"rates/{made.json()['id']}"), 403)
    assert [r["person"]["name"] for r in desk.ada.get("rates").json()["items"]] == ["Rita Sosa"]
    problem(desk.ada.post("rates", json={"rate": "a lot", "since": today}), 422)
    assert desk.ada.delete(f"rates/{made.json()['id']}").status_code == 204
    problem(desk.ada.delete(f"rates/{made.json()['id']}"), 404)
    assert desk.ada.get(f"time-report?{span}&cost=true").json()["unpriced"] == 90
