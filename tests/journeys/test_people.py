"""A manager changes the people of a team: what is offered is what may be done."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def change(page, visitor, name):
    visitor.go(f"/people?name={name}")
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Disable")).to_be_visible()
    return dialog


def test_a_manager_makes_links_for_those_without_a_password_alone(office, visit):
    mona = visit(office.people.mona)
    page = mona.page
    dialog = change(page, mona, "Rita")
    expect(dialog.get_by_role("button", name="link")).to_have_count(0)
    dialog = change(page, mona, "Kim")
    dialog.get_by_role("button", name="Create invitation link").click()
    expect(page.get_by_text("Send this link to Kim Ito.")).to_be_visible()


def test_an_administrator_makes_a_link_for_a_forgotten_password(office, visit):
    ada = visit(office.people.ada)
    dialog = change(ada.page, ada, "Rita")
    dialog.get_by_role("button", name="Create password link").click()
    expect(ada.page.get_by_text("Send this link to Rita Sosa.")).to_be_visible()
