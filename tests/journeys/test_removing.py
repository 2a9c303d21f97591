"""An administrator deletes a category: what it would do first, a second step, and a way back."""

import pytest
from playwright.sync_api import expect

from lib.desk import categories
from lib.transactions import act, see

pytestmark = pytest.mark.browser


def test_a_name_with_a_slash_keeps_no_other_category(office, visit):
    people = office.people
    with act() as session:
        categories.create(session, people.ada, name="A")
        categories.create(session, people.ada, name="A / B")
    ada = visit(people.ada)
    page = ada.go("/categories")
    page.get_by_role("button", name="Change").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("You can restore it later")).to_be_visible()
    page.get_by_role("button", name="Delete category").click()
    expect(page.get_by_text("Deleted categories (1)")).to_be_visible()
    with see() as session:
        assert [c.path for c in categories.every(session)] == ["A / B", "General"]
