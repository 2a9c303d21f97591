"""Timers over the API."""

from datetime import timedelta

from lib.core import clock
from tests import cast
from tests.api.conftest import problem


def test_a_timer_is_started_read_moved_on_and_stopped(desk):
    one, two = cast.create_ticket(desk.company.sam), cast.create_ticket(desk.company.bob)
    assert desk.rita.get("me/timer").json() == {"timer": None, "logged": None}
    begun = desk.rita.post(f"tickets/{one}/timer").json()
    assert begun["logged"] is None and begun["timer"]["ticket"] == one and begun["timer"]["running"]
    moved = desk.rita.post(f"tickets/{two}/timer").json()
    assert moved["logged"]["ticket"] == one and moved["timer"]["ticket"] == two
    problem(desk.rita.delete(f"tickets/{one}/timer"), 404)
    assert desk.rita.delete(f"tickets/{two}/timer").json()["ticket"] == two
    problem(desk.rita.delete(f"tickets/{two}/timer"), 404)
    problem(desk.sam.post(f"tickets/{one}/timer"), 403)


def test_a_forgotten_one_waits_for_an_answer_and_a_stopped_one_says_so(desk):
    number = cast.create_ticket(desk.company.sam)
    with clock.travel_to(clock.now() - timedelta(hours=9)):
        desk.rita.post(f"tickets/{number}/timer")
    assert desk.rita.get("me/timer").json()["timer"]["ticket"] == number
    desk.rita.put("me/timer", json={"answer": "discard"})
    desk.rita.post(f"tickets/{number}/timer")
    version = desk.arun.get(f"tickets/{number}").json()["version"]
    desk.arun.put(f"tickets/{number}/status", json={"status": "Completed", "version": version})
    told = desk.rita.get("me/timer").json()["timer"]
    assert not told["running"] and told["entry"] and not told["asks"]
    assert desk.rita.delete("me/timer").json()["timer"] is None
    problem(desk.rita.put("me/timer", json={"answer": "double"}), 422)
