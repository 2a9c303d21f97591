"""What one hears, and where a team hears, over the API."""

from tests import cast
from tests.api.conftest import problem


def test_one_reads_and_changes_what_one_hears(desk):
    found = desk.sam.get("me/preferences").json()
    assert (found["quiet_from"], found["days"], found["hours"]) == ("00:00", list(range(7)), 0)
    wish = {"occasion": "replied", "relation": "requester", "media": ["docket"]}
    assert wish not in found["rules"]
    body = {"rules": [wish], "quiet_from": "19:30", "quiet_until": "07:00", "days": [0, 1], "hours": 24}
    changed = desk.sam.put("me/preferences", json={**body, "slack_id": "U0123ABCD"}).json()
    assert wish in changed["rules"] and changed["slack_id"] == "U0123ABCD"
    assert {name: changed[name] for name in ("quiet_from", "quiet_until", "days", "hours")} == {
        name: body[name] for name in ("quiet_from", "quiet_until", "days", "hours")
    }
    assert desk.sam.put("me/preferences", json={}).json() == changed
    assert desk.bob.get("me/preferences").json() == found
    for wrong in (
        {"rules": [{"occasion": "noted", "relation": "watcher", "media": []}]},
        {"hours": 3}, {"days": []}, {"quiet_from": "25:00"}, {"slack_id": "sam"}, {"muted": [1]},
    ):  # fmt: skip
        problem(desk.sam.put("me/preferences", json=wrong), 422)
    assert desk.sam.get("me/preferences").json() == changed


def test_a_time_zone_is_kept_until_its_owner_changes_it(desk):
    assert desk.sam.get("me/preferences").json()["timezone"] is None
    for name in ("Europe/Vienna", "America/New_York"):
        assert desk.sam.put("me/preferences", json={"timezone": name}).json()["timezone"] == name
    for wrong in ("Moon/Base", "", "../etc/passwd", "europe/vienna "):
        problem(desk.sam.put("me/preferences", json={"timezone": wrong}), 422)
    assert desk.sam.get("me").json()["timezone"] == "America/New_York"


def test_a_ticket_is_muted_and_heard_of_again(desk):
    number = cast.create_ticket(desk.company.sam)
    for _ in range(2):
        assert desk.sam.put(f"tickets/{number}/mute").status_code == 204
    assert desk.sam.get("me/preferences").json()["muted"] == [number]
    cast.add_comment(desk.company.rita, number, "Hello")
    assert desk.sam.get("notifications/count").json() == {"unread": 0}
    cast.add_comment(desk.company.rita, number, "Hello @Sam Reed")
    assert desk.sam.get("notifications/count").json() == {"unread": 1}
    for _ in range(2):
        assert desk.sam.delete(f"tickets/{number}/mute").status_code == 204
    assert desk.sam.get("me/preferences").json()["muted"] == []


def test_a_manager_says_where_their_team_hears_in_slack(desk):
    mine, other = (f"teams/{id}/slack" for id in (desk.company.service_desk, desk.company.facilities))
    none = {"channel": None, "webhook": False, "detailed": False, "failing_since": None, "error": None}
    assert desk.mona.get(mine).json() == none
    made = desk.mona.put(mine, json={"webhook": "https://hooks.slack.com/services/T/B/verysecret"})
    assert made.json() == {**none, "webhook": True} and "verysecret" not in made.text
    assert desk.mona.put(mine, json={"detailed": True}).json() == {**none, "webhook": True, "detailed": True}
    assert desk.ada.put(other, json={"channel": "C0123ABCD"}).json() == {**none, "channel": "C0123ABCD"}
    problem(desk.mona.put(mine, json={"channel": "general"}), 422)
    for client, where in ((desk.mona, other), (desk.rita, mine), (desk.sam, mine)):
        problem(client.get(where), 403)
        problem(client.put(where, json={"channel": "C0123ABCD"}), 403)
        problem(client.delete(where), 403)
    assert desk.mona.delete(mine).status_code == 204
    assert desk.mona.get(mine).json() == none
    assert desk.mona.put(mine, json={"detailed": True}).json() == {**none, "detailed": True}
    assert desk.mona.put(mine, json={"detailed": False}).json() == none
    problem(desk.mona.put(mine, json={"detailed": False}), 422)
    told = desk.ada.get("audit?action=team.changed").text
    assert "webhook" in told and "verysecret" not in told
    problem(desk.ada.get("teams/999/slack"), 404)
