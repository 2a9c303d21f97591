"""Notices over the API."""

from datetime import timedelta

from lib.core import clock
from tests import cast
from tests.api.conftest import problem


def test_one_lists_reads_and_puts_off_one_s_notices(desk):
    number = cast.create_ticket(desk.company.sam)
    said = [cast.add_comment(desk.company.rita, number, f"Hello {n}") for n in range(3)]
    assert desk.sam.get("notifications/count").json() == {"unread": 3}
    first = desk.sam.get("notifications?limit=2").json()
    assert [n["comment"] for n in first["items"]] == said[:0:-1]
    rest = desk.sam.get(f"notifications?limit=2&cursor={first['next_cursor']}").json()
    assert [n["comment"] for n in rest["items"]] == said[:1] and rest["next_cursor"] is None
    newest = first["items"][0]
    assert (newest["actor"], newest["sentence"], newest["ticket"]) == ("Rita Sosa", "replied", number)
    one = f"notifications/{newest['id']}"
    assert desk.sam.put(f"{one}/read").status_code == 204
    assert desk.sam.get("notifications/count").json() == {"unread": 2}
    assert desk.sam.delete(f"{one}/read").status_code == 204
    later = (clock.now() + timedelta(hours=1)).isoformat()
    assert desk.sam.put(f"{one}/snooze", json={"until": later}).status_code == 204
    assert [n["comment"] for n in desk.sam.get("notifications?unread=true").json()["items"]] == said[1::-1]
    problem(desk.sam.put(f"{one}/snooze", json={"until": "2020-01-01T00:00:00Z"}), 422)
    assert desk.sam.post("notifications/read", json={"until": newest["id"]}).status_code == 204
    assert desk.sam.get("notifications/count").json() == {"unread": 0}
    problem(desk.bob.put(f"{one}/read"), 404)


def test_figures_are_for_administrators(desk):
    answer = desk.ada.get("metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'docket_messages_owed{medium="mail"} 0.0' in answer.text
    problem(desk.mona.get("metrics"), 403)
