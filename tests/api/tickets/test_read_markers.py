"""What is new, over the API; and one comment by itself, as quoting asks for it."""

from tests import cast
from tests.api.conftest import problem


def test_looking_and_marking(desk):
    number = cast.create_ticket(desk.company.sam)
    path = f"tickets/{number}/seen"
    assert desk.rita.get(path).json() == {"seen": None, "unread": False}
    assert desk.rita.put(path).status_code == 204
    cast.add_comment(desk.company.sam, number, "And?")
    assert desk.rita.get(path).json()["unread"] is True
    desk.rita.put(path)
    assert desk.rita.get(path).json()["unread"] is False
    assert desk.rita.delete(path).status_code == 204
    assert desk.rita.get(path).json()["unread"] is True
    problem(desk.sam.delete(path), 422)


def test_one_comment_is_read_by_those_who_may(desk):
    number = cast.create_ticket(desk.company.sam)
    reply = cast.add_comment(desk.company.rita, number, "Hello")
    note = cast.add_comment(desk.company.rita, number, "Between us", internal=True)
    assert desk.sam.get(f"comments/{reply}").json()["author"]["name"] == "Rita Sosa"
    problem(desk.sam.get(f"comments/{note}"), 404)
    problem(desk.bob.get(f"comments/{reply}"), 404)
    assert desk.arun.get(f"comments/{note}").json()["visibility"] == "internal"
