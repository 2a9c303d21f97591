"""What staff do among themselves changes not one byte of any answer to people who may not read it."""

import re
from datetime import timedelta

import pytest

import api
from lib.audit import change_feed
from lib.conversation import read_markers
from lib.core import clock
from lib.lists import ticket_list
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.api.conftest import problem, upload

SORTS = ("updated", "-updated", "created", "-created", "priority", "-priority", "number", "-number")
ASIDE = re.compile(
    r"/(me/sessions|openapi.json|docs|metrics|mail-templates.*|drafts/.*|status-times|tickets/.*/stays|attachments/.*"
    r"|teams/.*/slack)$"
)
"""What has nothing of tickets in it, tells of the request itself, or goes on with the clock."""


def paths(number: int) -> list[str]:
    """Return every place that can be read, about one ticket and about all, in each order and on each side of now."""
    found = []
    for path, operations in api.app().openapi()["paths"].items():
        if "get" not in operations or ASIDE.search(path):
            continue
        filled = path.replace("{number}", str(number)).replace("{slot}", f"ticket-{number}")
        filled = re.sub(r"/(people|participants)/\{\w+\}", r"/\1/3", filled)
        found.append(re.sub(r"\{\w+\}", "1", filled).lstrip("/"))
    now = clock.now()
    sides = [f"updated_{side}={at.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}" for side in ("after", "before")
             for at in (now, now + timedelta(hours=1))]  # fmt: skip
    lists = [*(f"sort={sort}" for sort in SORTS), *(f"sort={sort}&limit=1" for sort in SORTS), *sides]
    lists += [
        "q=printer",
        "q=zebrafinch",
        "q=updated:today",
        "q=-updated:>today",
        "q=is:open printer",
        "requester=me",
    ]
    return [
        *(f"tickets?{asked}" for asked in lists),
        *(f"tickets/export?format=csv&{asked}" for asked in lists if "limit" not in asked),
        *(f"search?q={asked}" for asked in ("printer", "zebrafinch", "is:open", "updated:today")),
        "similar?title=The printer on floor three", "tickets?kind=open&sort=-updated",
        *(path for path in found if path not in ("tickets/export", "similar", "search")),
    ]  # fmt: skip


def read(client, actor, number: int) -> dict[str, str]:
    """Return all that somebody can read, with the list's next pages, and what an open page would hear."""
    answers = {}
    for path in paths_of[number]:
        answer = client.get(path)
        answers[path] = f"{answer.status_code} {answer.text}"
        if "limit=1" in path and (further := answer.json()["next_cursor"]):
            following = client.get(f"{path}&cursor={further}")
            answers[f"{path} further"] = following.text
    with see() as session:
        ticket = tickets.find(session, actor, number)
        for name in (change_feed.ticket_topic(number), change_feed.DESK, change_feed.NOTIFICATIONS):
            topic = change_feed.find_topic(session, actor, name)
            answers[f"live {name}"] = str(change_feed.newest_id(session, topic))
        answers["newest"] = str(read_markers.get(session, actor, ticket).newest)
        answers["count"] = str(ticket_list.count(session, actor))
    return answers


paths_of: dict[int, list[str]] = {}


@pytest.fixture
def scene(desk):
    """Sam's ticket between two others, with Bob and an agent of another team in copy; a note is on each already."""
    company = desk.company
    fields = {"name": "Hidden", "kind": "text", "access": {"agent": "write"}}
    assert desk.ada.post("fields", json=fields).status_code == 201
    assert desk.rita.get("me").is_success  # her token is made now
    numbers = [
        cast.create_ticket(company.sam, title)
        for title in ("An older printer", "This printer", "A younger printer")
    ]
    for each in numbers:
        for reader in (company.bob, company.bela):
            cast.add_cc(company.rita, each, reader)
        cast.add_comment(company.rita, each, "We look into it")
        cast.add_comment(company.rita, each, "zebrafinch", internal=True)
    paths_of[numbers[1]] = paths(numbers[1])
    yield desk, numbers[1]
    paths_of.clear()


def note(rita, number):
    """Write, rewrite and take back notes, one of them with a file."""
    said = {"body": "zebrafinch again", "visibility": "internal"}
    first = rita.post(f"tickets/{number}/comments", json={**said, "attachments": [upload(rita)]}).json()["id"]
    second = rita.post(f"tickets/{number}/comments", json=said).json()["id"]
    assert rita.patch(f"comments/{first}", json={"body": "zebrafinch rewritten", "version": 1}).is_success
    assert rita.delete(f"comments/{second}").is_success


def fill_in(rita, number):
    """Set a field that only colleagues may read, twice."""
    for value in ("one", "two"):
        version = rita.get(f"tickets/{number}").json()["version"]
        form = {"version": version, "fields": {"hidden": value}}
        assert rita.patch(f"tickets/{number}", json=form).is_success


def work(rita, number):
    """Estimate, log time, let a timer run and stop it, watch."""
    assert rita.put(f"tickets/{number}/estimate", json={"minutes": 60}).is_success
    assert rita.post("time-entries", json={"ticket": number, "time": "5"}).is_success
    assert rita.post(f"tickets/{number}/timer").is_success
    assert rita.delete(f"tickets/{number}/timer").is_success
    assert rita.put(f"tickets/{number}/watchers/me").is_success
    assert rita.put(f"tickets/{number}/seen").is_success


DEEDS = {"notes": note, "a hidden field": fill_in, "work": work}


@pytest.mark.parametrize("who", ["sam", "bob", "bela"])
def test_what_colleagues_do_changes_no_byte_for_others(scene, who):
    """The requester, somebody in copy, and an agent of another team in copy."""
    desk, number = scene
    client, actor = getattr(desk, who), getattr(desk.company, who)
    before = read(client, actor, number)
    for deed in DEEDS.values():
        deed(desk.rita, number)
    after = read(client, actor, number)
    assert {path for path in before if before[path] != after[path]} == set()
    assert sum(" 200 " in f" {each} " for each in before.values()) > 40


@pytest.mark.parametrize("deed", DEEDS)
def test_what_colleagues_do_makes_nobody_too_late(scene, deed):
    """A stale version is a conflict; what one may not know of makes no version stale."""
    desk, number = scene
    version = desk.sam.get(f"tickets/{number}").json()["version"]
    ours = desk.rita.get(f"tickets/{number}").json()
    DEEDS[deed](desk.rita, number)
    form = {"version": version, "status": "Completed"}
    answer = desk.sam.put(f"tickets/{number}/status", json=form)
    assert answer.is_success, answer.text
    assert answer.json()["version"] == version + 1
    stale = desk.sam.put(f"tickets/{number}/status", json=form)
    assert problem(stale, 409)["current"]["version"] == version + 1
    if deed == "a hidden field":
        assert problem(
            desk.rita.put(f"tickets/{number}/status", json={**form, "version": ours["version"]}), 409
        )


def test_staff_see_that_a_note_was_written(scene):
    desk, number = scene
    for client in (desk.rita, desk.ada):
        before = client.get(f"tickets/{number}").json()["updated"]
        note(desk.rita, number)
        assert client.get(f"tickets/{number}").json()["updated"] > before
        assert client.get("tickets?sort=-updated&limit=1").json()["items"][0]["number"] == number
        assert client.get("tickets?sort=updated").json()["items"][-1]["number"] == number


def test_an_agent_s_list_goes_by_what_they_may_know_of_each_ticket(scene):
    """Of their own team's tickets the notes count, of those in which they only take part they do not."""
    desk, number = scene
    own = cast.create_ticket(desk.company.sam, "A lamp", category_id=None)
    with act() as session:
        ticket = tickets.find(session, desk.company.ada, own, to_change=True)
        tickets.move_to_team(
            session, desk.company.ada, ticket, team=cast.get_team(session, desk.company.facilities), seen=1
        )
    cast.add_comment(desk.company.sam, number, "And?")
    cast.add_comment(desk.company.bela, own, "Between us", internal=True)
    note(desk.rita, number)
    for sort, wanted in (("-updated", [own, number]), ("updated", [number, own])):
        listed = [row["number"] for row in desk.bela.get(f"tickets?sort={sort}").json()["items"]]
        assert [each for each in listed if each in wanted] == wanted
        paged, cursor = [], ""
        while cursor is not None:
            page = desk.bela.get(f"tickets?sort={sort}&limit=1{cursor and '&cursor=' + cursor}").json()
            paged += [row["number"] for row in page["items"]]
            cursor = page["next_cursor"]
        assert paged == listed
