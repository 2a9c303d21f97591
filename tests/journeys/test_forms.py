"""Forms of administrators say when somebody else changed the same thing, and keep what was typed."""

from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from db.vocabulary import NotificationChannel, NotificationType, RecipientReason, StatusCategory
from lib.catalog import canned_replies, categories, custom_fields, statuses
from lib.catalog.custom_fields import FieldKind
from lib.notifications import rules
from lib.people import accounts, teams
from lib.timekeeping import activities, local_dates, rates
from lib.transactions import act, see

pytestmark = pytest.mark.browser
OVERTAKEN = "Somebody else changed this while you were editing."


def furnish(people):
    """Make one thing of each kind that has a form."""
    with act() as session:
        ada = people.ada
        canned_replies.create(session, ada, name="Thanks", body="Thank you.", team_id=None)
        custom_fields.create(session, ada, name="Floor", kind=FieldKind.TEXT)
        activities.create(session, ada, name="Repairs")
        categories.create(session, ada, name="Lamps")
        teams.create(session, ada, name="Network")
        statuses.create(session, ada, name="Parked", kind=StatusCategory.PAUSED)


def rename(people, kind, new):
    """Let somebody else give the thing of a kind another name."""
    with act() as session:
        mona = people.ada
        match kind:
            case "categories":
                categories.rename(session, mona, categories.get(session, "Lamps"), name=new)
            case "teams":
                row = next(t for t in teams.list_all(session, mona) if t.name == "Network")
                teams.rename(session, mona, teams.get(session, row.id), name=new)
            case "statuses":
                statuses.rename(session, mona, statuses.get(session, "Parked"), name=new)
            case "custom-fields":
                card = next(f for f in custom_fields.list_all(session) if f.name == "Floor")
                custom_fields.rename(session, mona, custom_fields.get(session, mona, card.id), name=new)
            case "activities":
                activities.rename(session, mona, activities.get(session, "Repairs"), name=new)
            case "canned-replies":
                card = next(c for c in canned_replies.list_all(session, mona) if c.name == "Thanks")
                row = canned_replies.get(session, mona, card.id)
                canned_replies.update(
                    session, mona, row, name=new, body=card.body, team_id=None, seen=row.version
                )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("categories", "Lamps"), ("teams", "Network"), ("statuses", "Parked"), ("custom-fields", "Floor"),
        ("activities", "Repairs"), ("canned-replies", "Thanks"),
    ],
)  # fmt: skip
def test_an_older_form_says_that_it_was_overtaken_and_keeps_what_was_typed(office, visit, kind, name):
    ada = visit(office.people.ada)
    page = ada.go(f"/{kind}")
    theirs, mine = f"{name} theirs", f"{name} mine"
    row = (
        page.locator('[data-testid="stVerticalBlock"], [data-testid="stHorizontalBlock"]')
        .filter(has=page.get_by_role("button", name="Edit", exact=True))
        .filter(has_text=name)
    )
    row.last.get_by_role("button", name="Edit", exact=True).click()
    field = page.get_by_role("textbox", name="Name", exact=True).and_(page.locator(f'[value="{name}"]'))
    field.wait_for()
    box = page.get_by_role("textbox", name="Name", exact=True).locator("visible=true").last
    box.fill(mine)
    rename(office.people, kind, theirs)
    page.get_by_role("button", name="Save", exact=True).locator("visible=true").last.click()
    expect(page.get_by_text(OVERTAKEN)).to_be_visible()
    ada.settle()
    shown = ada.read()
    assert theirs in shown and "Saved." not in shown
    if not box.is_visible():
        row = page.locator('[data-testid="stHorizontalBlock"]').filter(has_text=theirs)
        row.last.get_by_role("button", name="Edit", exact=True).click()
    expect(box).to_have_value(mine)
    page.get_by_role("button", name="Save", exact=True).locator("visible=true").last.click()
    expect(page.get_by_text(theirs)).to_have_count(0)
    expect(page.get_by_text(mine).first).to_be_visible()


def test_a_person_s_role_is_not_overwritten_unseen(office, visit):
    people = office.people
    ada = visit(people.ada)
    page = ada.go("/people?name=Kim")
    page.get_by_role("button", name="Edit", exact=True).click()
    ada.choose("Role", "manager")
    with act() as session:
        kim = accounts.get(session, people.ada, people.kim.id)
        teams.add_member(session, people.ada, teams.get(session, teams.get_default_id(session)), kim)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(OVERTAKEN)).to_be_visible()
    with see() as session:
        assert accounts.get_card(session, people.ada, people.kim.id).role == "requester"


def test_a_rate_that_was_set_meanwhile_is_not_overwritten(office, visit):
    people = office.people
    ada = visit(people.ada)
    page = ada.go("/rates")
    page.get_by_text("New rate", exact=True).click()
    page.get_by_role("textbox", name="per hour").fill("90")
    with act() as session:
        rates.set_rate(session, people.ada, cents=8000, since=local_dates.today(ZoneInfo("Europe/Berlin")))
    page.get_by_role("button", name="Set rate").click()
    expect(page.get_by_text(OVERTAKEN)).to_be_visible()
    expect(page.get_by_text("80.00")).to_be_visible()
    expect(page.get_by_role("textbox", name="per hour")).to_have_value("90")
    page.get_by_role("button", name="Set rate").click()
    expect(page.get_by_text("90.00")).to_be_visible()


def test_another_row_of_notification_rules_keeps_unsaved_changes(office, visit):
    people = office.people
    ada = visit(people.ada)
    page = ada.go("/notification-rules?whom=watcher")
    first = page.get_by_test_id("stButtonGroup").nth(1).get_by_role("button").first
    before = first.get_attribute("aria-pressed")
    assert before in ("true", "false")
    first.click()
    expect(page.get_by_text("Unsaved changes: Watchers")).to_be_visible()
    page.get_by_role("radio", name="Team", exact=True).or_(
        page.get_by_role("button", name="Team", exact=True)
    ).first.click()
    expect(page.get_by_text("Unsaved changes: Watchers")).to_be_visible()
    page.get_by_role("radio", name="Watchers", exact=True).or_(
        page.get_by_role("button", name="Watchers", exact=True)
    ).first.click()
    ada.settle()
    again = page.get_by_test_id("stButtonGroup").nth(1).get_by_role("button").first
    expect(again).to_have_attribute("aria-pressed", "false" if before == "true" else "true")
    with act() as session:
        seen = rules.load(session).version
        rules.update(
            session,
            people.ada,
            {(NotificationType.MOVED, RecipientReason.TEAM): frozenset({NotificationChannel.DOCKET})},
            seen=seen,
        )
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(OVERTAKEN)).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Rules saved")).to_be_visible()
    expect(page.get_by_text("Unsaved changes")).to_have_count(0)
    with see() as session:
        found = rules.load(session)
    assert found.media(NotificationType.MOVED, RecipientReason.TEAM) == frozenset(
        {NotificationChannel.DOCKET}
    )
    assert any(relation == RecipientReason.WATCHER for _, relation in found.own)
