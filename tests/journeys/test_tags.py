"""Tags are typed on a ticket by an agent, and put in order by an administrator."""

from playwright.sync_api import expect

from tests import cast


def test_a_tag_is_typed_and_then_renamed(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The numbat scanner is slow")
    rita = visit(people.rita)
    page = rita.go(f"/ticket?id={number}")
    page.get_by_role("combobox", name="Tags").fill("Scanneur")
    page.get_by_role("combobox", name="Tags").press("Enter")
    expect(page.get_by_text("tagged it scanneur")).to_be_visible()

    ada = visit(people.ada)
    page = ada.go("/tags")
    expect(page.get_by_role("cell", name="scanneur")).to_be_visible()
    ada.choose("Edit tag", "scanneur")
    page.get_by_label("Name", exact=True).fill("Scanner")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("cell", name="scanner", exact=True)).to_be_visible()
    page = rita.go(f"/ticket?id={number}")
    expect(page.get_by_test_id("stMultiSelect").get_by_text("scanner", exact=True)).to_be_visible()


def test_a_name_that_is_refused_stays_to_be_mended_and_one_that_is_taken_leaves_the_field(office, visit):
    page = visit(office.people.ada).go("/tags")
    name, add = page.get_by_label("New tag"), page.get_by_role("button", name="Add tag")
    name.fill("Quokka")
    add.click()
    expect(page.get_by_role("cell", name="quokka")).to_be_visible()
    expect(name).to_have_value("")
    name.fill("QUOKKA")
    add.click()
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    expect(name).to_have_value("QUOKKA")
