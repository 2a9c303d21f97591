"""Many tickets changed from the list in a real browser: by mouse, by keyboard, with a look ahead and an undo."""

import re

import pytest
from playwright.sync_api import expect

from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.browser import PHONE, check_accessibility

pytestmark = pytest.mark.browser


def ask(people, *titles):
    return [cast.create_ticket(people.sam, title) for title in titles]


def priorities(people, numbers):
    with see() as session:
        return [int(tickets.find(session, people.ada, n).priority) for n in numbers]


def box(page, number):
    return page.get_by_role("checkbox", name=f"Choose #{number}", exact=True)


def urgent(visitor):
    visitor.page.get_by_role("button", name="Edit…", exact=True).click()
    visitor.choose("Change", "Set priority")
    visitor.choose("Value", "Urgent")


def test_a_manager_changes_what_was_chosen_sees_what_is_refused_and_undoes_it(office, visit):
    people = office.people
    numbers = ask(people, "The sink drips", "The sink leaks", "The sink is blocked", "The sink is fine")
    mona = visit(people.mona)
    page = mona.go("/tickets?q=sink&sort=created")
    box(page, numbers[0]).click()
    box(page, numbers[2]).click(modifiers=["Shift"])
    expect(page.get_by_text("3 tickets selected", exact=True)).to_be_visible()
    urgent(mona)
    expect(page.get_by_text("3 tickets will be changed.")).to_be_visible()
    assert priorities(people, numbers) == [2, 2, 2, 2], "a look ahead changes nothing"
    page.get_by_role("button", name="Change 3 tickets").click()
    expect(page.get_by_text("3 tickets changed.")).to_be_visible()
    assert priorities(people, numbers) == [4, 4, 4, 2]
    expect(box(page, numbers[0])).not_to_be_checked()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 tickets restored.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert priorities(people, numbers) == [2, 2, 2, 2]


def test_what_somebody_else_changed_meanwhile_is_refused_with_the_reason(office, visit):
    people = office.people
    numbers = ask(people, "The roof creaks", "The roof leaks")
    mona = visit(people.mona)
    page = mona.go("/tickets?q=roof")
    for number in numbers:
        box(page, number).click()
    expect(page.get_by_text("2 tickets selected", exact=True)).to_be_visible()
    page.get_by_role("button", name="Edit…", exact=True).click()
    expect(page.get_by_role("dialog", name="Edit tickets")).to_be_visible()
    with act() as session:
        tickets.claim(session, people.rita, tickets.find(session, people.rita, numbers[0], to_change=True))
    mona.choose("Change", "Set priority")
    mona.choose("Value", "Urgent")
    expect(page.get_by_text("1 ticket will be changed.")).to_be_visible()
    expect(page.get_by_text(f"Somebody else changed #{numbers[0]}")).to_be_visible()


def test_rows_are_chosen_by_keyboard_and_on_a_phone(office, visit):
    people = office.people
    numbers = ask(people, "The fence wobbles", "The fence is gone")
    mona = visit(people.mona)
    page = mona.go("/tickets?q=fence")
    page.get_by_role("link", name="The fence").first.focus()
    page.keyboard.press("x")
    expect(page.get_by_text("1 ticket selected", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 tickets", exact=True)).to_be_visible()

    phone = visit(people.mona, view=PHONE)
    page = phone.go("/tickets?q=fence")
    box(page, numbers[0]).click()
    expect(page.get_by_text("1 ticket selected", exact=True)).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name=re.compile("^Edit all 2")).click()
    expect(page.get_by_role("dialog", name="Edit tickets")).to_be_visible()
    check_accessibility(page)


def test_who_may_not_change_many_is_offered_no_boxes(office, visit):
    ask(office.people, "The gate is open")
    page = visit(office.people.rita).go("/tickets?q=gate")
    expect(page.get_by_role("link", name="The gate is open")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)
