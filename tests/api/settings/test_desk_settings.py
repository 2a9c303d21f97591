"""The settings of the desk over the API."""

from datetime import UTC, datetime

from lib.core import clock
from tests.api.conftest import problem

ONE = {"version": 1, "value": "Europe/Berlin"}


def test_an_administrator_reads_and_changes_them(desk):
    [found] = desk.ada.get("settings").json()["items"]
    assert (found["name"], found["value"], found["default"], found["version"]) == (
        "time_zone",
        "UTC",
        "UTC",
        1,
    )
    assert (found["since"], found["by"]) == (None, None)
    changed = desk.ada.patch("settings/time_zone", json=ONE).json()
    assert (changed["value"], changed["version"], changed["by"]["name"]) == ("Europe/Berlin", 2, "Ada Okafor")
    assert desk.ada.get("settings").json()["items"] == [changed]
    late = desk.ada.patch("settings/time_zone", json={"version": 1, "value": "Asia/Tokyo"})
    problem(late, 409)
    assert late.json()["current"] == changed
    [entry] = desk.ada.get("audit?action=setting.changed").json()["items"]
    assert (entry["field"], entry["old"], entry["new"]) == ("time_zone", "UTC", "Europe/Berlin")


def test_what_can_t_be_is_refused(desk):
    wrong = desk.ada.patch("settings/time_zone", json={"version": 1, "value": "Berlin"})
    problem(wrong, 422)
    assert wrong.json()["errors"][0]["field"] == "value"
    problem(desk.ada.patch("settings/time_zone", json={"value": "Asia/Tokyo"}), 422)
    problem(desk.ada.patch("settings/time_zone", json={**ONE, "more": 1}), 422)
    problem(desk.ada.patch("settings/nothing", json=ONE), 404)


def test_nobody_else_does(desk):
    for client in (desk.mona, desk.rita, desk.sam):
        problem(client.get("settings"), 403)
        problem(client.patch("settings/time_zone", json=ONE), 403)
    write = desk.through(desk.token(desk.company.ada, "write"))
    problem(write.patch("settings/time_zone", json=ONE), 403)
    assert desk.ada.get("settings").json()["items"][0]["version"] == 1


def test_the_week_that_is_given_without_a_day_is_the_desk_s(desk):
    with clock.travel_to(datetime(2026, 3, 29, 13, tzinfo=UTC)):
        assert desk.rita.get("time-week").json()["first"] == "2026-03-23"
        desk.ada.patch("settings/time_zone", json={"version": 1, "value": "Pacific/Auckland"})
        assert desk.rita.get("time-week").json()["first"] == "2026-03-30"
