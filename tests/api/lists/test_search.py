"""Search over the API: hits as they are promised, and lists that understand the same language."""

import pytest

from tests import cast
from tests.api.conftest import problem

pytestmark = pytest.mark.both_databases("each database has its own full-text index")


def test_hits_have_their_ticket_place_and_marked_words(desk):
    number = cast.create_ticket(desk.company.sam, "The lamp <flickers>", description="It is the new lamp.")
    comment = cast.add_comment(desk.company.rita, number, "We look at the lamp")
    note = cast.add_comment(desk.company.rita, number, "canary lamp", internal=True)
    answer = desk.rita.get("search", params={"q": "lamp"}).json()
    assert answer["next_cursor"] is None and answer["not_understood"] == []
    assert [(i["where"], i["comment"]) for i in answer["items"]] == [
        ("note", note), ("reply", comment), ("title", None)
    ]  # fmt: skip
    assert answer["items"][2]["ticket"] == {
        "number": number,
        "title": "The lamp <flickers>",
        "status": {"id": 1, "name": "To-Do", "kind": "todo"},
    }
    assert answer["items"][2]["snippet_html"] == "The <mark>lamp</mark> &lt;flickers&gt;"
    theirs = desk.sam.get("search", params={"q": "lamp"})
    assert [i["where"] for i in theirs.json()["items"]] == ["reply", "title"] and "canary" not in theirs.text
    assert desk.bob.get("search", params={"q": "lamp"}).json()["items"] == []


def test_hits_come_in_pages(desk):
    for n in range(5):
        cast.create_ticket(desk.company.sam, f"lamp {n}")
    titles, cursor = [], None
    while True:
        page = desk.sam.get(
            "search", params={"q": "lamp", "limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json()
        titles += [i["ticket"]["title"] for i in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert titles == [f"lamp {n}" for n in (4, 3, 2, 1, 0)]
    problem(desk.sam.get("search", params={"q": "lamp", "cursor": "nonsense"}), 422)


def test_a_search_asks_for_something(sqlite_desk):
    problem(sqlite_desk.sam.get("search"), 422)
    problem(sqlite_desk.sam.get("search", params={"q": "x" * 2001}), 422)
    problem(sqlite_desk.anyone().get("search", params={"q": "x"}), 401)
    assert sqlite_desk.sam.get("search", params={"q": ""}).json()["items"] == []


def test_lists_understand_the_language_too(desk):
    number = cast.create_ticket(desk.company.sam, "The lamp", tags=["vip"])
    other = cast.create_ticket(desk.company.sam, "The lamp too")

    def listed(**more):
        answer = desk.rita.get("tickets", params={"sort": "number", **more}).json()
        return [i["number"] for i in answer["items"]], answer["not_understood"]

    assert listed(q="lamp -tag:vip") == ([other], [])
    assert listed(q=f"#{number}") == ([number], [])
    assert listed(number=[number, other]) == ([number, other], [])
    assert listed(q="lamp requester:sam", tag="vip") == ([number], [])
    assert listed(q="lamp status:nowhere") == (
        [number, other], ["“status:nowhere” was ignored: no status has that name."]
    )  # fmt: skip
    problem(desk.rita.get("tickets", params={"number": "x"}), 422)
