"""A custom field: an administrator creates it, a requester fills it in, an agent changes it."""

import re

from playwright.sync_api import expect


def test_a_field_from_its_making_to_its_change(office, visit):
    people = office.people
    ada = visit(people.ada)
    page = ada.go("/custom-fields")
    page.get_by_text("New field").click()
    ada.choose("Type", "Choice")
    form = page.get_by_test_id("stForm").first
    form.get_by_label("Name").fill("Building")
    form.get_by_label("Choices, one on each line").fill("Annex\nMain house")
    form.get_by_label("Required for new tickets").check(force=True)
    ada.choose("Requester", "Can edit")
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Choice · all categories")).to_be_visible()

    sam = visit(people.sam)
    page = sam.go("/new")
    page.get_by_label("Title").fill("The quokka lamp flickers")
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_text("Please fill in: Building.")).to_be_visible()
    sam.choose(r"Building \(required\)", "Annex")
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_role("heading", name="The quokka lamp flickers")).to_be_visible()
    expect(page.get_by_role("combobox", name=re.compile("Building"))).to_have_value("Annex")
    number = int(re.search(r"id=(\d+)", page.url)[1])

    rita = visit(people.rita)
    page = rita.go(f"/ticket?id={number}")
    rita.choose(r"Building \(required\)", "Main house")
    expect(page.get_by_text("set Building to Main house")).to_be_visible()
    page = rita.go("/tickets?show=All&q=field:%22building=main%20house%22")
    expect(page.get_by_role("link", name="The quokka lamp flickers")).to_be_visible()
