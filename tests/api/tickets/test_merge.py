"""Merging through the API: the same rules and refusals."""

from tests.api.conftest import problem


def ask(client, title="The printer jams"):
    return client.post("tickets", json={"title": title, "description": "words"}).json()["number"]


def test_a_merge_and_its_undo(desk):
    source, target = ask(desk.bob), ask(desk.sam, "Printer")
    desk.bob.post(f"tickets/{source}/comments", json={"body": "again"})
    answer = desk.rita.post(f"tickets/{source}/merge", json={"into": target})
    assert answer.status_code == 200, answer.text
    assert answer.json()["number"] == target
    assert [(m["number"], m["title"]) for m in answer.json()["merged"]] == [(source, "The printer jams")]
    old = desk.bob.get(f"tickets/{source}").json()
    assert (old["merged_into"], old["status"]["name"], old["status"]["kind"]) == (target, "Merged", "done")
    talk = desk.bob.get(f"tickets/{target}/comments").json()["items"]
    assert {(c["body"], c["author"]["name"], c["merged_from"]) for c in talk} == {
        ("again", "Bob Muir", source), ("The printer jams\n\nwords", "Bob Muir", source),
    }  # fmt: skip
    assert "system.manage" in problem(desk.rita.post(f"tickets/{source}/unmerge"), 403)["detail"]
    back = desk.ada.post(f"tickets/{source}/unmerge")
    assert (back.status_code, back.json()["merged_into"], back.json()["status"]["name"]) == (
        200,
        None,
        "To-Do",
    )
    problem(desk.ada.post(f"tickets/{source}/unmerge"), 422)
    problem(desk.bob.get(f"tickets/{target}"), 404)


def test_refusals_say_why(desk):
    one, two, three = ask(desk.sam), ask(desk.sam), ask(desk.bob)
    assert "itself" in problem(desk.rita.post(f"tickets/{one}/merge", json={"into": one}), 422)["detail"]
    problem(desk.rita.post(f"tickets/{one}/merge", json={"into": two, "version": 99}), 409)
    problem(desk.rita.post(f"tickets/{one}/merge", json={"into": two, "requester": 1}), 422)
    problem(desk.rita.post(f"tickets/{one}/merge", json={"into": 99_999}), 404)
    problem(desk.sam.post(f"tickets/{one}/merge", json={"into": three}), 404)
    assert "ticket.merge" in problem(desk.sam.post(f"tickets/{one}/merge", json={"into": two}), 403)["detail"]
    assert desk.rita.post(f"tickets/{one}/merge", json={"into": two}).status_code == 200
    assert desk.rita.post(f"tickets/{one}/merge", json={"into": two}).status_code == 200
    assert (
        "merged into another ticket"
        in problem(desk.rita.post(f"tickets/{three}/merge", json={"into": one}), 422)["detail"]
    )
    version = desk.rita.get(f"tickets/{one}").json()["version"]
    for method, path, body in (
        ("PATCH", f"tickets/{one}", {"version": version, "title": "x"}),
        ("PUT", f"tickets/{one}/status", {"version": version, "status": "To-Do"}),
        ("POST", f"tickets/{one}/comments", {"body": "x"}),
        ("POST", f"tickets/{one}/take", None),
    ):
        assert "was merged" in problem(desk.rita.request(method, path, json=body), 422)["detail"]


def test_the_number_of_a_hidden_target_is_in_no_answer(desk):
    source, target = ask(desk.sam), ask(desk.sam)
    team = desk.company.facilities
    version = desk.ada.get(f"tickets/{target}").json()["version"]
    desk.ada.patch(f"tickets/{target}", json={"version": version, "team": team})
    assert desk.ada.post(f"tickets/{source}/merge", json={"into": target}).status_code == 200
    shown = desk.rita.get(f"tickets/{source}").json()
    assert (shown["merged_into"], shown["status"]["name"]) == (None, "Merged")
    told = desk.rita.get(f"tickets/{source}/events").json()["items"][-1]
    assert (told["sentence"], told["old"], told["new"]) == ("merged it into another ticket", None, None)


def test_duplicates_are_completed_with_their_original(desk):
    master, copy, stuck = ask(desk.sam), ask(desk.bob), ask(desk.bob)
    for number in (copy, stuck):
        desk.rita.post(f"tickets/{number}/links", json={"kind": "duplicates", "ticket": master})
    desk.rita.post(f"tickets/{stuck}/links", json={"kind": "blocked_by", "ticket": ask(desk.sam)})
    form = {"status": "Completed", "version": 1, "answer": "It is up again."}
    problem(desk.rita.put(f"tickets/{master}/status", json=form), 422)
    answer = desk.rita.put(f"tickets/{master}/status", json={**form, "duplicates": True})
    assert answer.status_code == 200, answer.text
    assert [(left["number"], "blocked by" in left["detail"]) for left in answer.json()["left_open"]] == [
        (stuck, True)
    ]
    assert desk.bob.get(f"tickets/{copy}").json()["status"]["name"] == "Completed"
    assert [c["body"] for c in desk.bob.get(f"tickets/{copy}/comments").json()["items"]] == [
        "It is up again."
    ]
    assert desk.bob.get(f"tickets/{stuck}/comments").json()["items"] == []
