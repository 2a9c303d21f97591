"""Comments over the API; what is internal leaves no byte where it does not belong."""

from datetime import UTC, datetime, timedelta

import time_machine

from tests import cast
from tests.api.conftest import problem, upload

CANARY = "canarybird"


def test_a_reply_and_a_note(desk):
    number = cast.create_ticket(desk.company.sam)
    reply = desk.rita.post(f"tickets/{number}/comments", json={"body": "We **look** into it."})
    assert reply.status_code == 201 and reply.headers["location"] == f"/api/v1/comments/{reply.json()['id']}"
    assert reply.json()["body_html"] == "<p>We <strong>look</strong> into it.</p>\n"
    assert reply.json()["visibility"] == "public" and reply.json()["author"]["name"] == "Rita Sosa"
    note = desk.rita.post(f"tickets/{number}/comments", json={"body": CANARY, "visibility": "internal"})
    assert note.json()["visibility"] == "internal"
    assert [c["body"] for c in desk.rita.get(f"tickets/{number}/comments").json()["items"]] == [
        "We **look** into it.",
        CANARY,
    ]
    assert desk.rita.get(f"tickets/{number}").json()["first_response_at"] is not None
    problem(desk.sam.post(f"tickets/{number}/comments", json={"body": "x", "visibility": "internal"}), 403)


def test_no_byte_of_a_note_reaches_the_requester(desk):
    number = cast.create_ticket(desk.company.sam)
    file = upload(desk.rita, f"{CANARY}.txt", CANARY.encode())
    note = desk.rita.post(
        f"tickets/{number}/comments",
        json={"body": CANARY, "visibility": "internal", "attachments": [file]},
    ).json()
    desk.rita.patch(f"comments/{note['id']}", json={"body": f"{CANARY} again", "version": 1})
    desk.rita.delete(f"attachments/{upload(desk.rita, f'{CANARY}2.txt')}")
    heard = [
        desk.sam.get(path)
        for path in (
            "me", "tickets", f"tickets?q={CANARY}", f"tickets/{number}", f"tickets/{number}/comments",
            f"tickets/{number}/comments?limit=1", f"tickets/{number}/events", f"tickets/{number}/participants",
            f"similar?title={CANARY}", "people", "people?search=rita", "statuses", "categories", "teams",
            f"attachments/{file}", f"attachments/{file}/preview",
        )
    ]  # fmt: skip
    heard += [
        desk.sam.patch(f"comments/{note['id']}", json={"body": "mine", "version": 2}),
        desk.sam.delete(f"comments/{note['id']}"),
        desk.sam.delete(f"attachments/{file}"),
        desk.sam.patch(f"tickets/{number}", json={"version": 99, "title": "x"}),
    ]
    for answer in heard:
        assert CANARY not in answer.text.replace(f"q={CANARY}", "") + str(answer.headers), answer.request.url
    assert desk.sam.get(f"tickets?q={CANARY}").json()["items"] == []
    assert len(desk.rita.get(f"tickets?q={CANARY}").json()["items"]) == 1


def test_pages_of_comments_leave_nothing_out(desk):
    number = cast.create_ticket(desk.company.sam)
    said = [cast.add_comment(desk.company.rita, number, f"reply {n}") for n in range(5)]
    walked, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = desk.sam.get(f"tickets/{number}/comments", params=params).json()
        walked += [c["id"] for c in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == said


def test_an_author_edits_and_takes_back_within_the_window(desk):
    number = cast.create_ticket(desk.company.sam)
    made = desk.sam.post(f"tickets/{number}/comments", json={"body": "helo"}).json()
    path = f"comments/{made['id']}"
    edited = desk.sam.patch(path, json={"body": "hello", "version": 1}).json()
    assert (edited["body"], edited["version"]) == ("hello", 2) and edited["edited"]
    problem(desk.sam.patch(path, json={"body": "hullo", "version": 1}), 409)
    problem(desk.rita.patch(path, json={"body": "hullo", "version": 2}), 403)
    problem(desk.bob.patch(path, json={"body": "hullo", "version": 2}), 404)
    problem(desk.sam.patch(path, json={"body": "x", "version": 2, "author_id": 1}), 422)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        problem(desk.sam.patch(path, json={"body": "late", "version": 2}), 422)
    assert desk.sam.delete(path).status_code == 204
    left = desk.sam.get(f"tickets/{number}/comments").json()["items"][0]
    assert left["removed"] and left["body"] == "" and left["body_html"] == ""


def test_a_comment_takes_files_with_it(desk):
    number = cast.create_ticket(desk.company.sam)
    file = upload(desk.sam)
    made = desk.sam.post(f"tickets/{number}/comments", json={"body": "see", "attachments": [file]}).json()
    assert [f["id"] for f in made["attachments"]] == [file]
    assert [
        f["id"] for f in desk.rita.get(f"tickets/{number}/comments").json()["items"][0]["attachments"]
    ] == [file]
    assert desk.rita.get(f"attachments/{file}").content == b"some plain words"


def test_mentions_are_suggested_tried_and_told(desk):
    number = cast.create_ticket(desk.company.sam)
    found = desk.rita.get(f"tickets/{number}/mentionable?search=ar&visibility=internal").json()["items"]
    assert [p["name"] for p in found] == ["Arun Das"]
    body = "@Arun Das and @Bela Kun"
    arun = {"id": desk.company.arun.id, "name": "Arun Das"}
    tried = desk.rita.post(f"tickets/{number}/mentions", json={"body": body}).json()
    assert tried.pop("html") == "<p><mark>@Arun Das</mark> and @Bela Kun</p>\n"
    assert tried == {"mentions": [arun], "not_mentioned": ["Bela Kun"]}
    assert desk.rita.get(f"tickets/{number}/comments").json()["items"] == []
    made = desk.rita.post(f"tickets/{number}/comments", json={"body": body}).json()
    assert made["mentions"] == [arun] and made["not_mentioned"] == ["Bela Kun"]
    assert made["body_html"] == "<p><mark>@Arun Das</mark> and @Bela Kun</p>\n"
    read = desk.sam.get(f"tickets/{number}/comments").json()["items"][0]
    assert read["mentions"] == [arun] and read["not_mentioned"] == []
    edited = desk.rita.patch(f"comments/{made['id']}", json={"body": "@Mona Lind", "version": 1}).json()
    assert [p["name"] for p in edited["mentions"]] == ["Mona Lind"]


def test_a_requester_learns_of_nobody_through_mentions(desk):
    number = cast.create_ticket(desk.company.sam)
    for path in ("mentionable", "mentionable?search=rita", "mentionable?search=example"):
        assert desk.sam.get(f"tickets/{number}/{path}").json()["items"] == []
    nobody = {"mentions": [], "not_mentioned": [], "html": "<p>@Rita Sosa @Bob Muir</p>\n"}
    assert desk.sam.post(f"tickets/{number}/mentions", json={"body": "@Rita Sosa @Bob Muir"}).json() == nobody
    problem(desk.sam.get(f"tickets/{number}/mentionable?visibility=internal"), 403)
    problem(desk.sam.post(f"tickets/{number}/mentions", json={"body": "x", "visibility": "internal"}), 403)
    problem(desk.sam.post(f"tickets/{number}/mentions", json={"body": "x" * 50_001}), 422)
