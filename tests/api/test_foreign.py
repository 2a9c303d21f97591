"""Every route, called for what is somebody else's: it is not there, and nothing has changed."""

import re
from datetime import timedelta

import api
from lib.core import clock
from lib.identity import api_tokens
from lib.transactions import act
from tests import cast
from tests.api.conftest import MAKER, problem, upload
from tests.api.state import fingerprint

BODIES = {
    "PATCH /tickets/{number}": {"version": 1, "title": "mine"},
    "PUT /tickets/{number}/status": {"version": 1, "status": "Completed"},
    "PUT /tickets/{number}/assignee": {"version": 1, "assignee": "me"},
    "POST /tickets/{number}/take": None,
    "POST /tickets/{number}/comments": {"body": "mine"},
    "POST /tickets/{number}/mentions": {"body": "@Rita Sosa"},
    "PATCH /comments/{id}": {"version": 1, "body": "mine"},
    "PATCH /people/{id}": {"name": "mine"},
    "POST /people/{id}/password-link": None,
    "POST /people/{id}/disable": None,
    "PUT /people/{id}/skills": {"categories": []},
    "POST /people/{id}/absences": {"starts": "2026-01-01", "ends": "2026-01-01"},
    "PUT /tickets/{number}/participants/{person}": None,
    "PUT /tickets/{number}/watchers/me": None,
    "PUT /tickets/{number}/seen": None,
    "PUT /tickets/{number}/place": {"before": None},
    "POST /tickets/{number}/merge": {"into": 1},
    "POST /tickets/bulk/{batch}/undo": None,
    "POST /tickets/{number}/unmerge": None,
    "PATCH /views/{id}": {"name": "mine"},
    "PUT /notifications/{id}/read": None,
    "PUT /notifications/{id}/snooze": {"until": (clock.now() + timedelta(days=1)).isoformat()},
    "PATCH /time-entries/{id}": {"version": 1, "note": "mine"},
    "POST /tickets/{number}/timer": None,
    "PUT /tickets/{number}/mute": None,
    "PUT /tickets/{number}/estimate": {"minutes": 5},
    "POST /tickets/{number}/links": {"kind": "relates", "ticket": 1},
}
QUERIES = {"DELETE /tickets/{number}": "?reason=x", "DELETE /tickets/{number}/assignee": "?version=1"}
QUERIES["DELETE /tickets/{number}/links"] = "?kind=blocks&ticket=1"
OPEN_TO_ALL = {
    "/canned-replies/{id}",
    "/activities/{id}",
    "/rates/{id}",
    "/categories/{id}",
    "/category-proposals/{id}",
    "/category-proposals/{id}/accept",
    "/categories/{id}/restore",
    "/statuses/{id}",
    "/statuses/{id}/restore",
    "/rates/{id}/restore",
    "/settings/{name}",
    "/fields/{id}",
    "/tags/{id}",
    "/mail-templates/{name}",
    "/mail-templates/{name}/html",
    "/mail-templates/{name}/test",
    "/teams/{id}",
    "/teams/{id}/slack",
    "/teams/{id}/members/{person}",
    "/drafts/{slot}",
}
"""Canned replies and proposals are refused alike to all who keep none; activities, categories, rates, settings,
statuses and teams are no secret, so changing them is refused with 403; drafts are one's own by name."""


def routes():
    for path, operations in api.app().openapi()["paths"].items():
        for method in operations:
            if "{" in path and path not in OPEN_TO_ALL:
                yield method.upper(), path


def fill(path, ids):
    room = path.split("/")[1]
    return re.sub(r"\{(\w+)\}", lambda found: str(ids.get(found[1], ids.get(room))), path).lstrip("/")


def strange(desk) -> dict:
    """Let Bob have one of everything that Sam may not know of."""
    file = upload(desk.bob)
    number = desk.bob.post("tickets", json={"title": "Bob's secret", "attachments": [file]}).json()["number"]
    comment = desk.bob.post(f"tickets/{number}/comments", json={"body": "secret"}).json()["id"]
    with act() as session:
        token = api_tokens.create(
            session, MAKER, name="t", scope="read", owner=cast.get_person(session, desk.company.bob)
        )[0]
    view = desk.bob.post("views", json={"name": "Bob's secret", "q": "secret"}).json()["id"]
    logged = {"ticket": number, "time": "5", "note": "secret"}
    worked = desk.rita.post("time-entries", json=logged).json()["id"]
    desk.browser(desk.company.bob)
    cast.add_comment(desk.company.rita, number, "secret too")
    notice = desk.bob.get("notifications").json()["items"][0]["id"]
    return {
        "number": number,
        "person": desk.company.bob.id,
        "absence": 1,
        "comments": comment,
        "attachments": file,
        "people": desk.company.bob.id,
        "tokens": token.id,
        "views": view,
        "notifications": notice,
        "time-entries": worked,
        "me": 1,
    }


def test_what_is_somebody_else_s_is_not_there_and_stays_as_it_is(desk):
    ids = strange(desk)
    client = desk.sam
    before = fingerprint()
    seen = set()
    for method, path in routes():
        name = f"{method} {path}"
        seen.add(name)
        assert method in ("GET", "DELETE") or name in BODIES, f"say what {name} is to be called with"
        where = fill(path, ids) + QUERIES.get(name, "")
        answer = client.request(method, where, json=BODIES.get(name))
        problem(answer, 404)
        assert "secret" not in answer.text.lower()
    assert fingerprint() == before
    assert len(seen) >= 24 and set(BODIES) <= seen


def test_what_never_was_answers_just_the_same(sqlite_desk):
    ids = strange(sqlite_desk)
    none = {name: "0" * 32 if name == "attachments" else 99_999 for name in ids}
    for method, path in routes():
        name = f"{method} {path}"
        query, body = QUERIES.get(name, ""), BODIES.get(name)
        there = sqlite_desk.sam.request(method, fill(path, ids) + query, json=body)
        never = sqlite_desk.sam.request(method, fill(path, none) + query, json=body)
        assert (there.status_code, there.content) == (never.status_code, never.content), name


def test_an_agent_of_another_team_sees_nothing_either(desk):
    ids = strange(desk)
    before = fingerprint()
    for method, path in routes():
        name = f"{method} {path}"
        if path.startswith(("/tickets", "/comments", "/attachments")):
            problem(
                desk.bela.request(method, fill(path, ids) + QUERIES.get(name, ""), json=BODIES.get(name)), 404
            )
    assert fingerprint() == before
    assert desk.bela.get("tickets").json()["items"] == []
    assert desk.bela.get("tickets?q=secret").json()["items"] == []
    assert desk.bela.get("similar?title=Bob's secret").json()["items"] == []


def test_what_is_no_secret_is_refused_by_name(desk):
    before = fingerprint()
    for method, path, body, permission in (
        ("POST", "categories", {"name": "x"}, "system.manage"),
        ("PATCH", "categories/1", {"name": "x"}, "system.manage"),
        ("DELETE", "categories/1", None, "system.manage"),
        ("PATCH", "categories/1", {"parent": None, "position": 0}, "system.manage"),
        ("PATCH", "categories/1", {"default": True}, "system.manage"),
        ("PATCH", "categories/1", {"priority": "high"}, "system.manage"),
        ("PATCH", "categories/1", {"assignment": {"way": "manual"}}, "system.manage"),
        ("GET", "category-proposals", None, "system.manage"),
        ("POST", "category-proposals/1/accept", {"name": "x"}, "system.manage"),
        ("DELETE", "category-proposals/1", None, "system.manage"),
        ("POST", "tickets", {"title": "x", "proposed_category": "x"}, "ticket.create"),
        ("GET", "canned-replies", None, "comment.internal"),
        ("POST", "canned-replies", {"name": "x", "body": "x"}, "template.manage"),
        ("PATCH", "canned-replies/1", {"version": 1, "name": "x"}, "template.manage"),
        ("DELETE", "canned-replies/1", None, "template.manage"),
        ("POST", "activities", {"name": "x"}, "system.manage"),
        ("PATCH", "activities/1", {"name": "x"}, "system.manage"),
        ("DELETE", "activities/1", None, "system.manage"),
        ("POST", "teams", {"name": "x"}, "team.manage"),
        ("PATCH", "teams/1", {"name": "x"}, "team.manage"),
        ("PUT", f"teams/1/members/{desk.company.sam.id}", None, "team.manage"),
        ("DELETE", f"teams/1/members/{desk.company.sam.id}", None, "team.manage"),
        ("POST", "people", {"name": "x", "email": "x@example.org"}, "user.manage"),
        ("POST", "tokens", {"name": "x"}, "apikey.own"),
        ("GET", "audit", None, "audit.read"),
        ("PATCH", f"people/{desk.company.sam.id}", {"role": "administrator"}, "user.manage"),
        ("PATCH", f"people/{desk.company.sam.id}", {"active": False}, "user.manage"),
    ):
        assert permission in problem(desk.sam.request(method, path, json=body), 403)["detail"], path
    assert fingerprint() == before
