"""Tickets over the API: listed, opened, changed by one at a time, taken by one of many."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from db.models import Event
from db.vocabulary import Action
from lib.transactions import see
from tests import cast
from tests.api.conftest import problem
from tests.api.state import fingerprint
from tests.support.unscoped import UNSCOPED

TEXTS = [
    "👩‍👩‍👧‍👦 family",
    "مرحبا بالعالم",
    "שלום עולם",
    "e\u0301\u0323 combining",
    "日本語テキスト",
    "<script>alert(1)</script>",
    "'; DROP TABLE ticket; --",
    "%s %d {0} $x \\u0000",
]


def test_a_requester_opens_a_ticket_and_reads_it(desk):
    answer = desk.sam.post("tickets", json={"title": "The door is stuck", "description": "**Really**."})
    assert answer.status_code == 201
    ticket = answer.json()
    assert answer.headers["location"] == f"/api/v1/tickets/{ticket['number']}"
    assert ticket["status"] == {"id": 1, "name": "To-Do", "kind": "todo"}
    assert ticket["requester"] == {"id": desk.company.sam.id, "name": "Sam Reed"}
    assert ticket["description_html"] == "<p><strong>Really</strong>.</p>\n" and ticket["tags"] == []
    assert ticket["priority"] == "normal" and ticket["version"] == 1 and ticket["created"].endswith("Z")
    assert desk.sam.get(f"tickets/{ticket['number']}").json() == ticket


def test_tags_and_a_due_date_are_for_staff_when_opening_as_they_are_afterwards(desk):
    """A requester could make tags with the ticket, though staff alone may afterwards."""
    before = fingerprint()
    for more in ({"tags": ["fire"]}, {"due": "2026-01-31"}):
        refused = problem(desk.sam.post("tickets", json={"title": "The door is stuck", **more}), 403)
        assert "ticket.update" in refused["detail"]
    assert fingerprint() == before and desk.ada.get("tags").json()["items"] == []
    nothing = {"title": "The door is stuck", "tags": [], "due": None}
    assert desk.sam.post("tickets", json=nothing).status_code == 201
    form = {"title": "The door is stuck", "tags": ["Fire"], "due": "2026-01-31"}
    ticket = desk.rita.post("tickets", json=form).json()
    assert (ticket["tags"], ticket["due"], ticket["version"]) == (["fire"], "2026-01-31", 1)
    assert (
        desk.sam.patch(f"tickets/{ticket['number']}", json={"version": 1, "tags": ["x"]}).status_code == 404
    )


def test_staff_open_a_ticket_for_somebody_and_give_it_to_themselves(desk):
    ticket = desk.rita.post(
        "tickets",
        json={
            "title": "New laptop",
            "requester": desk.company.sam.id,
            "assignee": "me",
            "priority": "high",
            "category": "General",
            "confidential": True,
        },
    ).json()
    assert ticket["requester"]["name"] == "Sam Reed" and ticket["assignee"]["name"] == "Rita Sosa"
    assert ticket["confidential"] and ticket["category"]["name"] == "General"
    assert ticket["participants"] == [{"id": desk.company.rita.id, "name": "Rita Sosa"}]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "x\x00"}, "title"),
        ({"title": "x", "description": "x" * 50_001}, "description"),
        ({"title": 7}, "title"),
        ({"title": "x", "priority": "5"}, "priority"),
        ({"title": "x", "category": 999}, "category"),
        ({"title": "x", "tags": ["t"] * 1 + [f"t{n}" for n in range(30)]}, "tags"),
        ({"title": "x", "confidential": "yes"}, "confidential"),
    ],
)
def test_a_ticket_that_cannot_be_is_refused_with_the_field(sqlite_desk, body, field):
    before = fingerprint()
    errors = problem(sqlite_desk.sam.post("tickets", json=body), 422)["errors"]
    assert field in {error["field"].split(".")[0] for error in errors}
    assert fingerprint() == before


def test_a_requester_opens_none_for_others_nor_in_another_team(desk):
    for more in ({"requester": desk.company.bob.id}, {"team": desk.company.facilities}, {"assignee": "me"}):
        problem(desk.sam.post("tickets", json={"title": "The door is stuck"} | more), 403)
    assert desk.sam.get("tickets").json()["items"] == []


@pytest.mark.parametrize(
    "extra",
    [
        "role",
        "requester_id",
        "author_id",
        "created_at",
        "is_internal",
        "team_id",
        "version",
        "number",
        "due_on",
    ],
)
def test_fields_that_are_not_a_client_s_are_named_and_nothing_is_made(sqlite_desk, extra):
    before = fingerprint()
    answer = sqlite_desk.ada.post("tickets", json={"title": "x", extra: 1})
    assert problem(answer, 422)["errors"] == [{"field": extra, "message": "There is no such field."}]
    assert fingerprint() == before


@pytest.mark.parametrize(
    "extra", ["requester", "requester_id", "created", "created_at", "number", "watchers"]
)
def test_fields_that_do_not_change_are_named_and_nothing_is_changed(sqlite_desk, extra):
    number = cast.create_ticket(sqlite_desk.company.sam)
    before = fingerprint()
    answer = sqlite_desk.ada.patch(f"tickets/{number}", json={"version": 1, "title": "y", extra: 1})
    assert problem(answer, 422)["errors"][0]["field"] == extra
    assert fingerprint() == before


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_as_it_went_in(desk, text):
    made = desk.rita.post("tickets", json={"title": text, "description": text, "tags": [text]}).json()
    number = made["number"]
    desk.rita.post(f"tickets/{number}/comments", json={"body": text})
    read = desk.rita.get(f"tickets/{number}").json()
    whole = unicodedata.normalize("NFC", text)
    assert read["description"] == whole
    assert read["title"] == whole
    assert desk.rita.get(f"tickets/{number}/comments").json()["items"][0]["body"] == whole
    assert "<script" not in read["description_html"]
    assert desk.rita.get("tickets", params={"q": text}).status_code == 200
    assert desk.rita.get("tickets", params={"tag": text}).status_code == 200


@pytest.mark.parametrize("raw", [b'"\\u0000"', b'"a\\ud800b"', b'"\\udfff"'])
def test_text_that_cannot_be_stored_is_refused_everywhere_alike(desk, raw):
    number = cast.create_ticket(desk.company.sam)
    json = {"Content-Type": "application/json"}
    for path, body in (
        ("tickets", b'{"title": %s}'),
        ("tickets", b'{"title": "x", "description": %s}'),
        ("tickets", b'{"title": "x", "tags": [%s]}'),
        ("tickets", b'{"title": "x", "category": %s}'),
        ("tickets", b'{"title": "x", "attachments": [%s]}'),
        (f"tickets/{number}/comments", b'{"body": %s}'),
        ("preview", b'{"text": %s}'),
    ):
        problem(desk.sam.post(path, content=body % raw, headers=json), 422)
    draft = b'{"token": "aaaaaaaaaaaaaaaa", "values": {"title": %s}}' % raw
    problem(desk.sam.patch("drafts/new-ticket", content=draft, headers=json), 422)


@pytest.mark.parametrize(
    "name", ["q", "tag", "category", "status", "team", "assignee", "cursor", "created_after"]
)
def test_a_zero_byte_in_a_parameter_is_no_failure(desk, name):
    assert desk.rita.get(f"tickets?{name}=a%00b").status_code == 422
    assert desk.rita.get("people?search=%00").status_code == 422


def test_lists_are_narrowed_sorted_and_paged(desk):
    numbers = [cast.create_ticket(desk.company.sam, f"Printer {n}") for n in range(5)]
    desk.rita.post(f"tickets/{numbers[1]}/take")
    desk.rita.patch(f"tickets/{numbers[2]}", json={"version": 1, "priority": "urgent", "tags": ["floor"]})

    def found(**given):
        return [t["number"] for t in desk.rita.get("tickets", params=given).json()["items"]]

    assert found(assignee="me") == [numbers[1]]
    assert found(assignee="!me", sort="number") == [n for n in numbers if n != numbers[1]]
    assert found(assignee="none", priority=["urgent", "high"]) == [numbers[2]]
    assert found(tag="floor") == [numbers[2]]
    assert found(q="printer 3") == [numbers[3]]
    assert found(kind="done") == [] and len(found(kind="open")) == 5
    assert found(sort="-priority", limit=1) == [numbers[2]]
    walked, cursor = [], None
    while True:
        page = desk.rita.get(
            "tickets", params={"limit": 2, "sort": "-created"} | ({"cursor": cursor} if cursor else {})
        )
        walked += [t["number"] for t in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert walked == numbers[::-1]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1.5", "9" * 30])
def test_a_limit_out_of_bounds_is_refused(sqlite_desk, limit):
    problem(sqlite_desk.sam.get("tickets", params={"limit": limit}), 422)


def test_a_cursor_is_good_only_as_it_was_given(desk):
    for n in range(3):
        cast.create_ticket(desk.company.sam, f"Printer {n}")
    cursor = desk.sam.get("tickets?limit=1").json()["next_cursor"]
    for wrong in (
        cursor[:-1],
        cursor[:-2] + "xx",
        "A" + cursor,
        cursor.partition(".")[0],
        "MQ",
        "é",
        "x" * 400,
    ):
        assert (
            problem(desk.sam.get("tickets", params={"cursor": wrong}), 422)["errors"][0]["field"] == "cursor"
        )
    problem(desk.sam.get("tickets", params={"cursor": cursor, "sort": "number"}), 422)
    problem(desk.sam.get("people", params={"cursor": cursor}), 422)
    assert desk.sam.get("tickets", params={"cursor": cursor, "limit": 1}).status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "1.0", "x", "%20", "1%2F2"])
def test_a_number_that_is_none_is_not_there(sqlite_desk, number):
    problem(sqlite_desk.ada.get(f"tickets/{number}"), 404)


def test_one_change_may_touch_many_fields(desk):
    number = cast.create_ticket(desk.company.sam)
    changed = desk.rita.patch(
        f"tickets/{number}",
        json={
            "version": 1,
            "title": "The printer is on fire",
            "description": "Now.",
            "priority": "urgent",
            "tags": ["fire"],
            "confidential": True,
            "assignee": "me",
            "status": "In Progress",
        },
    ).json()
    assert changed["title"] == "The printer is on fire" and changed["priority"] == "urgent"
    assert changed["status"]["name"] == "In Progress" and changed["assignee"]["name"] == "Rita Sosa"
    assert changed["confidential"] and changed["tags"] == ["fire"] and changed["version"] == 8
    freed = desk.rita.patch(f"tickets/{number}", json={"version": 8, "assignee": None}).json()
    assert freed["assignee"] is None


def test_a_change_happens_whole_or_not_at_all(desk):
    number = cast.create_ticket(desk.company.sam)
    before = fingerprint()
    body = {"version": 1, "title": "Other", "assignee": desk.company.bela.id}
    problem(desk.mona.patch(f"tickets/{number}", json=body), 422)
    problem(desk.rita.patch(f"tickets/{number}", json=body), 403)
    assert fingerprint() == before


@pytest.mark.parametrize("field", ["title", "priority", "tags", "team", "category", "status", "confidential"])
def test_null_is_refused_where_it_means_nothing(sqlite_desk, field):
    number = cast.create_ticket(sqlite_desk.company.sam)
    answer = sqlite_desk.rita.patch(f"tickets/{number}", json={"version": 1, field: None})
    assert problem(answer, 422)["errors"][0]["field"].startswith(field)


def test_who_comes_second_gets_the_ticket_as_it_is_and_loses_nothing_silently(desk):
    number = cast.create_ticket(desk.company.sam)
    assert desk.rita.patch(f"tickets/{number}", json={"version": 1, "title": "First"}).status_code == 200
    for body in ({"title": "Second"}, {"priority": "high"}):
        conflict = problem(desk.arun.patch(f"tickets/{number}", json={"version": 1} | body), 409)
        assert conflict["current"] == desk.arun.get(f"tickets/{number}").json()
        assert conflict["current"]["title"] == "First" and conflict["current"]["version"] == 2
    for method, path, body in (
        ("PUT", "status", {"status": "Completed", "version": 1}),
        ("PUT", "assignee", {"assignee": "me", "version": 1}),
    ):
        conflict = problem(desk.arun.request(method, f"tickets/{number}/{path}", json=body), 409)
        assert conflict["current"]["version"] == 2


def test_of_many_who_change_the_same_version_at_once_one_wins(desk):
    number = cast.create_ticket(desk.company.sam)
    client = desk.rita

    def change(n):
        return client.patch(f"tickets/{number}", json={"version": 1, "title": f"Title {n}"})

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(change, range(10)))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 9
    won = next(a.json()["title"] for a in answers if a.status_code == 200)
    now = client.get(f"tickets/{number}").json()
    assert (now["title"], now["version"]) == (won, 2)


def test_of_twenty_who_take_a_ticket_one_wins_and_the_others_hear_who(desk):
    number = cast.create_ticket(desk.company.sam)
    clients = [desk.rita, desk.arun, desk.mona]

    def take(n):
        return clients[n % 3].post(f"tickets/{number}/take")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(take, range(20)))
    holder = desk.rita.get(f"tickets/{number}").json()["assignee"]
    for n, answer in enumerate(answers):
        if clients[n % 3].get("me").json()["id"] == holder["id"]:
            assert answer.status_code == 200
        else:
            assert f"assigned to {holder['name']}" in problem(answer, 409)["detail"]
            assert answer.json()["current"]["assignee"] == holder
    with see() as session:
        chosen = select(Event).where(Event.ticket_id == number, Event.action == Action.TICKET_ASSIGNED)
        assert len(session.exec(chosen.execution_options(**UNSCOPED)).all()) == 1


def test_status_and_assignee_have_routes_of_their_own(desk):
    number = cast.create_ticket(desk.company.sam)
    moved = desk.rita.put(f"tickets/{number}/status", json={"status": "In Progress", "version": 1}).json()
    assert moved["status"]["kind"] == "active"
    given = desk.mona.put(
        f"tickets/{number}/assignee", json={"assignee": desk.company.rita.id, "version": moved["version"]}
    ).json()
    assert given["assignee"]["name"] == "Rita Sosa"
    problem(desk.arun.delete(f"tickets/{number}/assignee?version={given['version']}"), 403)
    freed = desk.rita.delete(f"tickets/{number}/assignee?version={given['version']}").json()
    assert freed["assignee"] is None
    problem(desk.rita.put(f"tickets/{number}/status", json={"status": "Nowhere", "version": 4}), 422)
    problem(desk.sam.put(f"tickets/{number}/status", json={"status": "Pending", "version": 4}), 403)


def test_deleting_takes_a_reason_and_the_permission(desk):
    number = cast.create_ticket(desk.company.sam)
    assert "ticket.delete" in problem(desk.rita.delete(f"tickets/{number}?reason=spam"), 403)["detail"]
    problem(desk.mona.delete(f"tickets/{number}"), 422)
    problem(desk.mona.delete(f"tickets/{number}?reason=%20"), 422)
    assert desk.mona.delete(f"tickets/{number}?reason=spam").status_code == 204
    for client in (desk.mona, desk.sam, desk.ada):
        problem(client.get(f"tickets/{number}"), 404)


def test_the_history_is_told_oldest_first_page_by_page(desk):
    number = cast.create_ticket(desk.company.sam)
    cast.add_comment(desk.company.rita, number, "a note", internal=True)
    desk.rita.patch(f"tickets/{number}", json={"version": 1, "priority": "high", "title": "New title"})
    page = desk.rita.get(f"tickets/{number}/events?limit=2").json()
    rest = desk.rita.get(f"tickets/{number}/events", params={"cursor": page["next_cursor"]}).json()
    told = page["items"] + rest["items"]
    assert [e["sentence"].split()[0] for e in told] == ["created", "wrote", "changed", "changed"]
    assert rest["next_cursor"] is None and told[0]["actor"]["name"] == "Sam Reed"
    assert "note" not in desk.sam.get(f"tickets/{number}/events").text
    other = cast.create_ticket(desk.company.sam)
    problem(desk.rita.get(f"tickets/{other}/events", params={"cursor": page["next_cursor"]}), 422)


def test_somebody_in_copy_sees_the_ticket_until_they_leave(desk):
    number = cast.create_ticket(desk.company.sam)
    path = f"tickets/{number}/participants"
    problem(desk.bob.get(path), 404)
    problem(desk.rita.get(f"{path}/{desk.company.bob.id}"), 404)
    assert desk.rita.put(f"{path}/{desk.company.bob.id}").status_code == 204
    assert desk.rita.put(f"{path}/{desk.company.bob.id}").status_code == 204
    assert desk.bob.get(path).json()["items"] == [{"id": desk.company.bob.id, "name": "Bob Muir"}]
    assert desk.bob.get(f"{path}/me").json()["name"] == "Bob Muir"
    problem(desk.bob.delete(f"{path}/{desk.company.kim.id}"), 404)
    assert desk.bob.delete(f"{path}/me").status_code == 204
    problem(desk.bob.get(f"tickets/{number}"), 404)
    for wrong in ("0", "you", "1.5", "99999999999"):
        problem(desk.rita.put(f"{path}/{wrong}"), 404)
