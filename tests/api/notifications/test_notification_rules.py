"""The rules of notices over the API."""

from tests.api.conftest import problem

ONE = {"occasion": "moved", "relation": "watcher", "media": ["mail"]}


def test_an_administrator_reads_changes_and_resets_the_rules(desk):
    found = desk.ada.get("notice-rules").json()
    assert found["version"] == 1 and all(rule["media"] == rule["shipped"] for rule in found["rules"])
    changed = desk.ada.patch("notice-rules", json={"version": 1, "rules": [ONE]}).json()
    assert changed["version"] == 2
    rule = next(r for r in changed["rules"] if (r["occasion"], r["relation"]) == ("moved", "watcher"))
    assert (rule["media"], rule["shipped"]) == (["mail"], ["docket"])
    problem(desk.ada.patch("notice-rules", json={"version": 1, "rules": [ONE]}), 409)
    never = {"occasion": "noted", "relation": "requester", "media": ["mail"]}
    problem(desk.ada.patch("notice-rules", json={"version": 2, "rules": [never]}), 422)
    back = desk.ada.delete("notice-rules?version=2").json()
    assert back["version"] == 3 and back["rules"] == found["rules"]
    entry = desk.ada.get("audit?action=notice_rules.changed").json()["items"]
    assert len(entry) == 2 and entry[1]["new"] == "moved/watcher m"


def test_nobody_else_does(desk):
    for client in (desk.mona, desk.rita, desk.sam):
        problem(client.get("notice-rules"), 403)
        problem(client.patch("notice-rules", json={"version": 1, "rules": [ONE]}), 403)
        problem(client.delete("notice-rules?version=1"), 403)
