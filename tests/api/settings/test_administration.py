"""People, teams, categories, tokens, sessions and the audit over the API."""

import pytest
from sqlmodel import col, select

from db.models import Message
from db.vocabulary import MessageKind, Purpose
from lib.core import settings
from lib.identity import one_time_tokens
from lib.notifications import content
from lib.people import accounts
from lib.transactions import act, see
from tests import cast
from tests.api.conftest import problem
from tests.api.state import fingerprint
from tests.support.unscoped import UNSCOPED


def test_who_i_am_and_what_i_may(desk):
    me = desk.rita.get("me").json()
    assert me["name"] == "Rita Sosa" and me["role"]["name"] == "agent"
    assert me["teams"] == [{"id": desk.company.service_desk, "name": "Service desk"}]
    assert me["permissions"]["ticket.claim"] == "team" and "audit.read" not in me["permissions"]
    reading = desk.through(desk.token(desk.company.rita, "read")).get("me").json()
    assert (
        set(reading["permissions"]) < set(me["permissions"]) and "ticket.claim" not in reading["permissions"]
    )


def test_my_browsers_are_listed_and_ended(desk):
    here, there = desk.browser(desk.company.sam), desk.browser(desk.company.sam)
    listed = here.get("me/sessions").json()["items"]
    assert [s["here"] for s in listed].count(True) == 1 and len(listed) == 2
    other = next(s["id"] for s in listed if not s["here"])
    problem(desk.bob.delete(f"me/sessions/{other}"), 404)
    assert here.delete(f"me/sessions/{other}").status_code == 204
    problem(there.get("me"), 401)
    assert here.get("me").status_code == 200


def test_inviting_gives_a_link_that_works_once(desk):
    body = {
        "name": "Nia Roy",
        "email": "Nia@Example.org",
        "role": "agent",
        "teams": [desk.company.facilities],
    }
    answer = desk.ada.post("people", json=body)
    made = answer.json()
    assert (
        answer.status_code == 201 and answer.headers["location"] == f"/api/v1/people/{made['person']['id']}"
    )
    assert made["person"]["email"] == "nia@example.org" and made["person"]["invited"]
    assert made["person"]["teams"] == [{"id": desk.company.facilities, "name": "Facilities"}]
    secret = made["link"].removeprefix("http://localhost:8501/set-password?token=")
    with see() as session:
        assert one_time_tokens.peek(session, Purpose.PASSWORD, secret)
    with act() as session:
        accounts.set_password(session, secret, cast.PASSWORD)
    assert not desk.ada.get(f"people/{made['person']['id']}").json()["invited"]
    newer = desk.ada.post(f"people/{made['person']['id']}/password-link").json()["link"]
    assert newer != made["link"]


def test_where_there_is_mail_whoever_invites_never_sees_the_link(desk, monkeypatch):
    monkeypatch.setenv("DOCKET_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("DOCKET_SMTP_FROM", "desk@example.org")
    settings.current.cache_clear()
    made = desk.ada.post("people", json={"name": "Nia Roy", "email": "nia@example.org"}).json()
    assert (made["link"], made["mailed"]) == (None, True)
    again = desk.ada.post(f"people/{made['person']['id']}/password-link").json()
    assert again == {"link": None, "mailed": True}
    with see() as session:
        owed = session.exec(select(Message).order_by(col(Message.id)).execution_options(**UNSCOPED)).all()
        assert [(m.person_id, m.sort) for m in owed] == [(made["person"]["id"], MessageKind.INVITATION)] * 2
        links = [content.derive_secret(message) for message in owed]
        assert [bool(one_time_tokens.peek(session, Purpose.PASSWORD, link)) for link in links] == [
            False,
            True,
        ]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "X", "email": "no address"},
        {"name": "X", "email": "sam.reed@example.org"},
        {"name": "", "email": "x@example.org"},
        {"name": "X", "email": "x@example.org", "role": "owner"},
        {"name": "X", "email": "x@example.org", "teams": [999]},
        {"name": "X", "email": "x@example.org", "password": "x"},
        {"name": "X\r\nBcc: y@example.org", "email": "x@example.org\r\nBcc: y@example.org"},
    ],
)
def test_an_invitation_that_cannot_be_makes_nobody(desk, body):
    before = fingerprint()
    problem(desk.ada.post("people", json=body), 422)
    assert fingerprint() == before


def test_changing_a_person(desk):
    path = f"people/{desk.company.bob.id}"
    changed = desk.ada.patch(
        path, json={"name": "Robert Muir", "role": "agent", "teams": [desk.company.facilities]}
    ).json()
    assert (changed["name"], changed["role"]) == ("Robert Muir", "agent")
    assert [t["name"] for t in changed["teams"]] == ["Facilities"]
    assert desk.ada.patch(path, json={"teams": []}).json()["teams"] == []
    assert desk.ada.patch(path, json={"active": False}).json()["active"] is False
    assert [p["name"] for p in desk.ada.get("people?active=false").json()["items"]] == ["Robert Muir"]
    assert desk.ada.patch(path, json={"active": True}).json()["active"] is True
    assert desk.ada.patch(path, json={"email": "R.Muir@example.org"}).json()["email"] == "r.muir@example.org"
    problem(desk.ada.patch(path, json={"password": "x"}), 422)
    problem(desk.ada.patch(path, json={"active": None}), 422)


def test_nobody_grants_what_they_lack_nor_leaves_the_desk_without_order(desk):
    before = fingerprint()
    problem(desk.mona.patch(f"people/{desk.company.rita.id}", json={"role": "administrator"}), 403)
    problem(desk.mona.patch(f"people/{desk.company.bela.id}", json={"name": "mine"}), 403)
    problem(
        desk.mona.post("people", json={"name": "X", "email": "x@example.org", "role": "administrator"}), 403
    )
    problem(desk.ada.patch(f"people/{desk.company.ada.id}", json={"role": "agent"}), 403)
    problem(desk.ada.patch(f"people/{desk.company.ada.id}", json={"active": False}), 403)
    assert fingerprint() == before


def test_people_are_searched_and_paged(desk):
    assert [p["name"] for p in desk.rita.get("people?search=SO").json()["items"]] == ["Rita Sosa"]
    page = desk.rita.get("people?limit=3").json()
    rest = desk.rita.get("people", params={"limit": 200, "cursor": page["next_cursor"]}).json()
    names = [p["name"] for p in page["items"] + rest["items"]]
    assert len(names) == len(set(names)) == 8
    assert [p["name"] for p in desk.sam.get("people").json()["items"]] == ["Sam Reed"]


def test_a_requester_knows_names_of_those_who_wrote_and_no_addresses(desk):
    number = cast.create_ticket(desk.company.sam)
    cast.add_comment(desk.company.rita, number, "hello")
    cast.add_comment(desk.company.arun, number, "a note", internal=True)
    known = desk.sam.get("people").json()["items"]
    assert [p["name"] for p in known] == ["Rita Sosa", "Sam Reed"]
    assert known[0]["email"] is None and known[0]["role"] is None
    assert "arun" not in desk.sam.get("people").text.lower()


def test_teams_are_made_named_and_joined(desk):
    made = desk.ada.post("teams", json={"name": "Night shift"}).json()
    path = f"teams/{made['id']}"
    assert desk.ada.patch(path, json={"name": "Late shift"}).json()["name"] == "Late shift"
    member = f"{path}/members/{desk.company.rita.id}"
    assert desk.ada.put(member).status_code == desk.ada.put(member).status_code == 204
    late = next(t for t in desk.rita.get("teams").json()["items"] if t["name"] == "Late shift")
    assert late["members"] == [{"id": desk.company.rita.id, "name": "Rita Sosa"}]
    assert all(team["members"] == [] for team in desk.sam.get("teams").json()["items"])
    assert desk.ada.delete(member).status_code == 204
    problem(desk.ada.post("teams", json={"name": "Facilities"}), 422)
    problem(desk.ada.patch("teams/99", json={"name": "x"}), 404)
    problem(desk.ada.put(f"{path}/members/999"), 404)


def test_categories_are_made_changed_and_followed(desk):
    made = desk.ada.post(
        "categories", json={"name": "Doors", "parent": 1, "team": desk.company.facilities}
    ).json()
    assert made["path"] == "General / Doors" and made["team"]["name"] == "Facilities"
    number = desk.sam.post("tickets", json={"title": "Stuck", "category": "Doors"}).json()["number"]
    changed = desk.ada.patch(f"categories/{made['id']}", json={"name": "Gates", "team": None}).json()
    assert changed["name"] == "Gates" and changed["team"] is None
    assert problem(desk.ada.delete(f"categories/{made['id']}"), 422)["errors"][0]["field"] == "successor"
    problem(desk.ada.delete(f"categories/{made['id']}?successor=999"), 422)
    assert desk.ada.delete(f"categories/{made['id']}?successor=1").status_code == 204
    assert desk.sam.get(f"tickets/{number}").json()["category"]["name"] == "General"
    problem(desk.ada.delete(f"categories/{made['id']}?successor=1"), 404)
    problem(desk.ada.delete("categories/1"), 422)
    problem(desk.ada.post("categories", json={"name": "x", "parent": 999}), 422)


def test_lists_that_everybody_may_read(desk):
    assert [s["name"] for s in desk.sam.get("statuses").json()["items"]][:2] == ["To-Do", "In Progress"]
    requester = desk.sam.get("roles").json()["items"][0]
    assert requester["name"] == "requester" and requester["permissions"]["ticket.read"] == "own"
    assert desk.sam.get("categories").json()["items"][0]["name"] == "General"


def test_a_token_is_shown_once_and_works_until_it_is_revoked(desk):
    made = desk.rita.post("tokens", json={"name": "backup", "scope": "write", "days": 30}).json()
    assert made["secret"].startswith(made["prefix"]) and made["expires"] > made["created"]
    client = desk.through(made["secret"])
    assert client.get("me").json()["name"] == "Rita Sosa"
    listed = desk.rita.get("tokens").json()["items"]
    assert [t["name"] for t in listed] == ["backup", "tests"] and made["secret"] not in desk.rita.get(
        "tokens"
    ).text
    problem(desk.arun.delete(f"tokens/{made['id']}"), 404)
    assert desk.rita.delete(f"tokens/{made['id']}").status_code == 204
    problem(client.get("me"), 401)
    for wrong in ({"name": "x", "scope": "root"}, {"name": "x", "days": 0}, {"name": "", "scope": "read"}):
        problem(desk.rita.post("tokens", json=wrong), 422)


def test_the_audit_is_read_newest_first_by_those_who_may(desk):
    number = cast.create_ticket(desk.company.sam)
    problem(desk.bob.get(f"tickets/{number}"), 404)
    denied = desk.ada.get("audit", params={"action": "access.denied"}).json()["items"]
    assert [(e["actor"]["name"], e["subject"], e["channel"]) for e in denied] == [
        ("Bob Muir", f"ticket:{number}", "api")
    ]
    assert desk.ada.get("audit", params={"person": desk.company.bob.id}).json()["items"] == denied
    page = desk.ada.get("audit?limit=2").json()
    rest = desk.ada.get("audit", params={"limit": 200, "cursor": page["next_cursor"]}).json()["items"]
    ids = [e["id"] for e in page["items"] + rest]
    assert ids == sorted(ids, reverse=True) and len(ids) == len(set(ids)) > 5
    assert {e["action"] for e in desk.mona.get("audit").json()["items"]} <= {"access.denied"}


def test_drafts_are_kept_by_person_and_place(desk):
    path = "drafts/new-ticket"
    empty = desk.sam.get(path).json()
    assert empty["values"] == {} and empty["updated"] is None
    keep = {"token": empty["token"], "values": {"title": "The prin", "attachments": [{"id": "1"}]}}
    assert desk.sam.patch(path, json=keep).status_code == 204
    more = {"token": empty["token"], "values": {"title": "The printer", "attachments": None}}
    assert desk.sam.patch(path, json=more).status_code == 204
    kept = desk.sam.get(path).json()
    assert kept["token"] == empty["token"] and kept["values"] == {"title": "The printer"}
    assert desk.bob.get(path).json()["values"] == {}
    assert desk.sam.delete(path).status_code == desk.sam.delete(path).status_code == 204
    assert desk.sam.get(path).json()["values"] == {}
    problem(desk.sam.get("drafts/elsewhere"), 422)
    problem(desk.sam.patch(path, json=keep | {"values": {"role": "administrator"}}), 422)
    problem(desk.sam.patch(path, json=keep | {"values": {"title": "x" * 300_000}}), 422)


def test_a_draft_that_was_sent_is_gone(desk):
    from lib.audit import idempotency
    from lib.conversation import drafts

    token = desk.sam.get("drafts/new-ticket").json()["token"]
    with act() as session:
        idempotency.run_once(
            session, desk.company.sam, drafts.submission_key(token), fingerprint="", create=lambda: "1"
        )
    problem(desk.sam.patch("drafts/new-ticket", json={"token": token, "values": {"title": "x"}}), 410)


def test_a_preview_is_safe_to_show(desk):
    body = {"text": "**x** <script>alert(1)</script> ![](http://evil.test/x.png) [a](javascript:alert(1))"}
    html = desk.sam.post("preview", json=body).json()["html"]
    assert "<strong>x</strong>" in html
    assert not any(bad in html for bad in ("<script", "<img", 'href="javascript'))
    problem(desk.sam.post("preview", json={"text": "x" * 50_001}), 422)


def test_similar_open_tickets_are_offered_to_those_who_may_see_them(desk):
    number = cast.create_ticket(desk.company.sam)
    found = desk.sam.get("similar", params={"title": "printer broken floor three"}).json()["items"]
    assert [(t["number"], t["status"]) for t in found] == [(number, "To-Do")]
    assert desk.bob.get("similar", params={"title": "printer broken floor three"}).json()["items"] == []
    problem(desk.sam.get("similar"), 422)
