"""Finding in a real browser: the box on every page, what it found marked, and the language explained."""

import re

import pytest
from playwright.sync_api import expect

from db.vocabulary import Priority
from lib.tickets import tickets
from lib.transactions import act
from tests import cast
from tests.support.browser import check_accessibility

pytestmark = pytest.mark.browser


def test_somebody_searches_from_any_page_and_lands_where_the_words_are(office, visit):
    number = cast.create_ticket(office.people.sam, "The lamp <b>flickers</b>")
    cast.add_comment(office.people.rita, number, "We ordered a new lamp for you")
    cast.add_comment(office.people.rita, number, "The nightingale broke that lamp", internal=True)
    sam = visit(office.people.sam)
    page = sam.go("/new")
    box = page.get_by_role("searchbox", name="Search everything")
    box.fill("lamp")
    box.press("Enter")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    expect(page.locator("mark")).to_have_text(["lamp"])
    expect(page.get_by_text("We ordered a new")).to_be_visible()
    assert "nightingale" not in page.content() + "".join(map(str, sam.heard))
    box.fill("flickers")
    box.press("Enter")
    expect(page.locator("mark")).to_have_count(0)
    expect(page.locator(".stMarkdownColoredBackground")).to_have_text(["flickers"])
    expect(page.get_by_text("We ordered a new")).to_have_count(0)
    expect(page.get_by_role("searchbox", name="Search", exact=True)).to_have_value("flickers")
    page.get_by_role("link", name="<b>flickers</b>").first.click()
    expect(page.get_by_role("heading", name="The lamp <b>flickers</b>")).to_be_visible()

    page = sam.go("/")
    page.get_by_role("searchbox", name="Search everything").fill(f"#{number}")
    page.get_by_role("searchbox", name="Search everything").press("Enter")
    expect(page.get_by_role("heading", name="The lamp <b>flickers</b>")).to_be_visible()


def test_the_list_takes_the_language_and_explains_it(office, visit):
    number = cast.create_ticket(office.people.sam, "The kettle leaks", tags=["kitchen"])
    cast.create_ticket(office.people.sam, "The kettle is cold")
    rita = visit(office.people.rita)
    page = rita.go("/tickets?q=kettle+-tag%3Akitchen+status%3Anowhere")
    expect(page.get_by_role("link", name="The kettle is cold")).to_be_visible()
    expect(page.get_by_role("link", name="The kettle leaks")).to_have_count(0)
    expect(page.get_by_text("was ignored: no status has that name.")).to_be_visible()
    page.get_by_role("searchbox", name="Find", exact=True).fill(f"#{number}")
    expect(page.get_by_role("link", name=f"Open #{number}: The kettle leaks")).to_be_visible()
    page.get_by_role("button", name="How to search").click()
    page.get_by_role("button", name="is:unassigned").click()
    expect(page).to_have_url(re.compile("q=is(:|%3A)unassigned"))
    expect(page.get_by_role("link", name="The kettle leaks", exact=True)).to_be_visible()


def test_filters_are_added_and_taken_out_one_by_one(office, visit):
    cast.create_ticket(office.people.sam, "The blind is stuck", tags=["vip"])
    cast.create_ticket(office.people.sam, "The blind is dirty")
    rita = visit(office.people.rita)
    page = rita.go("/tickets?q=blind")
    page.get_by_role("button", name="Filters", exact=True).click()
    rita.choose("Field", "Tags")
    page.get_by_text("Exclude these").click()
    rita.settle()
    expect(page.get_by_role("checkbox", name="Exclude these")).to_be_checked()
    rita.choose("Tags", "vip")
    page.keyboard.press("Escape")
    rita.settle()
    page.get_by_role("button", name="Add filter").click()
    chip = page.get_by_role("button", name="not tag: vip")
    expect(chip).to_be_visible()
    expect(page.get_by_role("link", name="The blind is stuck")).to_have_count(0)
    expect(page.get_by_role("link", name="The blind is dirty")).to_be_visible()
    expect(page).to_have_url(re.compile("q=blind(\\+|%20)-tag(:|%3A)vip"))
    page.keyboard.press("Escape")
    chip.click()
    expect(page.get_by_role("link", name="The blind is stuck")).to_be_visible()
    expect(chip).to_have_count(0)


def test_a_manager_saves_the_list_as_a_file(office, visit):
    cast.create_ticket(office.people.sam, "=The gutter")
    page = visit(office.people.mona).go("/tickets?q=gutter")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    saved = download.value.path().read_text(encoding="utf-8-sig")
    assert "'=The gutter" in saved and "kettle" not in saved


def test_a_list_is_saved_shared_and_opened_from_the_sidebar(office, visit):
    cast.create_ticket(office.people.sam, "The awning is torn", tags=["shop"])
    cast.create_ticket(office.people.sam, "The awning squeaks")
    rita = visit(office.people.rita)
    page = rita.go("/tickets?q=tag%3Ashop")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("textbox", name="Name").fill("The shop")
    rita.choose("Visible to", "The team Service desk")
    page.get_by_role("button", name="Save", exact=True).click()
    kept = page.get_by_role("button", name="The shop 1")
    expect(kept).to_be_visible()
    rita.go("/tickets?show=all&q=squeaks")
    expect(page.get_by_role("link", name="The awning is torn")).to_have_count(0)
    kept.click()
    expect(page.get_by_role("link", name="The awning is torn")).to_be_visible()
    expect(page.get_by_role("link", name="The awning squeaks")).to_have_count(0)
    theirs = visit(office.people.arun).go("/new")
    theirs.get_by_role("button", name="The shop 1").click()
    expect(theirs.get_by_role("link", name="The awning is torn")).to_be_visible()


def test_columns_order_and_groups_are_a_person_s_own_and_kept_in_a_view(office, visit):
    cast.create_ticket(office.people.sam, "The shutter is loud", tags=["shutter"])
    stuck = cast.create_ticket(office.people.sam, "The shutter is stuck", tags=["shutter"])
    with act() as session:
        rita = office.people.rita
        tickets.claim(session, rita, tickets.find(session, rita, stuck, to_change=True))
    rita = visit(office.people.rita)
    page = rita.go("/tickets?q=tag%3Ashutter&cols=due,team&group=assignee")
    headings = page.get_by_role("columnheader")
    expect(headings).to_have_text(["Ticket", "Due", "Team"])
    expect(page.get_by_role("rowheader")).to_have_text(["Unassigned1", "Rita Sosa1"])
    page.get_by_role("button", name="Columns").click()
    rita.choose("Group by", "Priority")
    expect(page.get_by_role("rowheader")).to_have_text(["Normal2"])
    expect(page).to_have_url(re.compile("group=priority"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("textbox", name="Name").fill("Shutters")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Shutters 2")).to_be_visible()
    rita.go("/tickets")
    expect(headings.last).to_have_text("Updated")
    page.get_by_role("link", name="Updated").click()
    expect(page).to_have_url(re.compile("sort=updated"))
    page.get_by_role("button", name="Shutters 2").click()
    expect(headings).to_have_text(["Ticket", "Due", "Team"])
    expect(page).to_have_url(re.compile("group=priority"))


def test_groups_go_over_the_whole_list_and_each_leads_to_its_own(office, visit):
    people = office.people
    with act() as session:
        for at in range(40):
            made = tickets.create(session, people.sam, title=f"Valve {at:02}", priority=Priority.HIGH)
            tickets._replace_tags(session, made, ["valve"])
        for at in range(30):
            made = tickets.create(session, people.kim, title=f"Valve {at + 40}")
            tickets._replace_tags(session, made, ["valve"])
    rita = visit(people.rita)
    page = rita.go("/tickets?q=tag%3Avalve&group=priority&sort=created")
    headings = page.get_by_role("rowheader")
    expect(headings).to_have_text(["High40", "Normal30"])
    expect(page.locator(".row")).to_have_count(50)
    check_accessibility(page)
    page.get_by_role("link", name="Next 50").click()
    expect(headings).to_have_text(["Normal30continued"])
    expect(page.locator(".row")).to_have_count(20)
    moved = page.get_by_role("link", name="Valve 55")
    expect(moved).to_be_visible()
    with act() as session:
        ticket = tickets.find(
            session,
            people.arun,
            int(page.locator(".row", has=moved).locator(".number").inner_text()[1:]),
            to_change=True,
        )
        tickets.prioritize(session, people.arun, ticket, seen=ticket.version, priority=Priority.HIGH)
    expect(headings).to_have_text(["Normal29continued"], timeout=3000)
    expect(moved).to_have_count(0)
    rita.go("/tickets?q=tag%3Avalve&group=requester")
    expect(headings).to_have_text(["Kim Ito30", "Sam Reed40"])
    page.get_by_role("link", name="Kim Ito", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="requester: Kim Ito")).to_be_visible()
    expect(page.get_by_text("30 tickets", exact=True)).to_be_visible()
    expect(headings).to_have_count(0)
    page.go_back()
    expect(headings).to_have_text(["Kim Ito30", "Sam Reed40"])


def test_what_is_typed_is_explained_and_completed(office, visit):
    page = visit(office.people.rita).go("/tickets")
    box = page.get_by_role("searchbox", name="Find", exact=True)
    box.fill("lamp stat")
    page.get_by_role("button", name="status:", exact=True).click()
    expect(box).to_have_value("lamp status:")
    expect(page.get_by_text("status, several with a comma")).to_be_visible()
    page.get_by_role("button", name="Blocked", exact=True).click()
    expect(box).to_have_value(re.compile("lamp status:Blocked ?"))
    expect(page.get_by_role("button", name="status: Blocked")).to_be_visible()
    expect(page.get_by_text("status, several with a comma")).to_have_count(0)
