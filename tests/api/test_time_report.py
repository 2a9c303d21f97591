"""Reports of hours over the API."""

from lib import clock
from tests import cast
from tests.api.conftest import problem


def test_hours_are_reported_as_data_and_as_files(desk):
    number, today = cast.ask(desk.company.sam), clock.now().date().isoformat()
    for client, minutes in ((desk.rita, 90), (desk.arun, 30)):
        assert client.post("time-entries", json={"ticket": number, "minutes": minutes}).status_code == 201
    span = f"from={today}&to={today}"
    assert desk.mona.get(f"time-report?{span}").json() == {
        "by": ["person"], "total": 120,
        "groups": [
            {"values": ["Arun Das"], "period": None, "minutes": 30},
            {"values": ["Rita Sosa"], "period": None, "minutes": 90},
        ],
    }  # fmt: skip
    assert desk.rita.get(f"time-report?{span}&by=ticket,billable&per=day").json()["groups"] == [
        {"values": [f"#{number}", "not billable"], "period": today, "minutes": 90}
    ]
    told = desk.mona.get(f"time-report?{span}&format=csv")
    assert told.headers["content-disposition"] == 'attachment; filename="hours.csv"'
    assert told.text.splitlines()[1:] == ["Arun Das,30,0.50", "Rita Sosa,90,1.50", "total,120,2.00"]
    assert desk.mona.get(f"time-report?{span}&format=xlsx").content.startswith(b"PK")
    problem(desk.sam.get(f"time-report?{span}"), 403)
    problem(desk.rita.get(f"time-report?{span}&by=mood"), 422)
