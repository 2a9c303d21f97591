"""Every page as every role, on a wide and a narrow screen, in light and in dark."""

import pytest
from playwright.sync_api import expect

from db.vocabulary import Purpose
from lib.identity import one_time_tokens
from lib.transactions import act
from tests import cast
from tests.journeys.visitor import Visitor
from tests.support import browser as browsers
from ui.shell.menu import ENTRIES

pytestmark = pytest.mark.browser
ROLES = {"requester": "sam", "agent": "rita", "manager": "mona", "administrator": "ada"}
BY_LIGHT = sorted(browsers.VIEWS, key=lambda view: (view.dark, -view.width))
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft has no power since Monday"
MARKDOWN = """It **stopped** at noon.

1. I pressed the `reset` button
2. It blinked

| Floor | Lamps |
|---|---|
| 2 | off |

> Is it the fuse?

```
ERR 42: a line of output that is far too long to fit on a small screen without scrolling sideways
```"""
# The sidebar of a narrow screen is out of the way, and has stopped moving.
ARRANGED = """(width) => {
  const bar = document.querySelector('[data-testid="stSidebar"]')
  const moving = document.getAnimations().some((it) => it.playState === "running" && bar?.contains(it.effect?.target))
  return innerWidth === width && !moving && (!bar || width > 768 || bar.getBoundingClientRect().right <= 0)
}"""
BROKEN = ("Traceback", "Something went wrong", "KeyError", "streamlit.errors")


def furnish(people):
    """Put something on every page; returns the number of the ticket that has most."""
    number = cast.create_ticket(people.sam, LONG, description=MARKDOWN, tags=["power", "urgent customer"])
    cast.add_comment(people.rita, number, "Thank you, Sam. I am **looking** at it.")
    cast.add_comment(people.rita, number, "The fuse again, see last week.", internal=True)
    cast.add_comment(people.sam, number, "Any news?\n\nhttps://example.org/" + "x" * 120)
    for at, title in enumerate(["The coffee machine leaks", "No invoice from March", "New badge, please"]):
        cast.create_ticket(people.bob if at else people.sam, title)
    return number


def pages(role, number):
    """Return where a role's walk leads: each page that the menu knows, by its address."""
    own = [entry for entry in ENTRIES if entry.opens_for(role)]
    return [f"/ticket?id={number}" if entry.url == "ticket" else f"/{entry.url}" for entry in own]


def look_at(visitor: Visitor, name: str, *, again: str = "") -> None:
    """Look at the open page on every screen, loading the path `again` in light and in dark; axe looks twice.

    The narrow screen comes from making the wide one narrower: loading on a phone is what other journeys do.
    """
    page, loaded = visitor.page, None
    for view in BY_LIGHT if again else browsers.VIEWS:
        page.set_viewport_size({"width": view.width, "height": 844 if view.width < 600 else 800})
        page.emulate_media(color_scheme="dark" if view.dark else "light")
        if again and loaded != view.dark:
            visitor.go(again)
            loaded = view.dark
        page.wait_for_function(ARRANGED, arg=view.width)
        visitor.settle()
        browsers.take_screenshot(page, f"{name}-{view.name}")
        wide = page.evaluate("""() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .map((part) => part.scrollWidth - part.clientWidth)""")
        assert max(wide) <= 0, f"{name} scrolls sideways at {view.width} pixels by {wide}"
        if view in (browsers.DESKTOP, browsers.VIEWS[-1]):
            browsers.check_accessibility(page)
    shown = visitor.read()
    assert not [word for word in BROKEN if word in shown], shown


@pytest.mark.parametrize("role", ROLES)
def test_a_role_walks_through_all_its_pages(office, visit, furnished, role):
    who = cast.reload_actor(getattr(office.people, ROLES[role]))
    visitor = visit(who)
    for path in pages(who, furnished):
        look_at(visitor, f"{role}-{path.strip('/').partition('?')[0] or 'tickets'}", again=path)
    for entry in ENTRIES:
        if not entry.opens_for(who) and not entry.signed_out:
            visitor.go(f"/{entry.url}")
            visitor.meets_nothing()


def test_whoever_is_not_signed_in_meets_sign_in_and_links(office, visit, furnished):
    with act() as session:
        set_up = one_time_tokens.create(session, Purpose.SETUP, person_id=None)
        password = one_time_tokens.create(session, Purpose.PASSWORD, person_id=office.people.kim.id)
    guest = visit()
    for entry in ENTRIES:
        if entry.signed_out:
            guest.go(f"/{entry.url}")
            look_at(guest, f"nobody-{entry.url}-used")
        else:
            guest.go(f"/{entry.url}")
            guest.is_signed_out()
    look_at(guest, "nobody-sign-in", again="/")
    for path, secret in (("set-up", set_up), ("set-password", password)):
        guest.go(f"/{path}?token={secret}")
        look_at(guest, f"nobody-{path}")
    guest.go()
    guest.fill_in("sam.reed@example.org", "not this one")
    expect(guest.page.get_by_text("Wrong email address or password")).to_be_visible()
    look_at(guest, "nobody-refused")


def test_a_new_person_meets_empty_lists_that_say_what_to_do(office, visit):
    kim = visit(office.people.kim)
    for show in ("open", "done", "all"):
        kim.go(f"/tickets?show={show}")
        expect(kim.page.get_by_text("0 tickets")).to_be_visible()
        look_at(kim, f"empty-{show}")
    kim.go("/ticket?id=4711")
    kim.meets_nothing()
    look_at(kim, "nothing-here")


def test_dialogs_and_popovers_fit_too(office, visit, furnished):
    ada, rita = visit(office.people.ada), visit(office.people.rita)
    ada.go("/people").get_by_role("button", name="Invite").click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    look_at(ada, "dialog-invite")
    ada.go("/people?q=Rita").get_by_role("button", name="Edit").click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    look_at(ada, "dialog-person")
    rita.go(f"/ticket?id={furnished}").get_by_role("button", name="Edit ticket").click()
    expect(rita.page.get_by_role("dialog")).to_be_visible()
    look_at(rita, "dialog-edit")
    for part in ("Permissions", "Sign-in and security", "API tokens"):
        rita.go("/profile").get_by_role("tab", name=part).click()
        look_at(rita, f"profile-{part.split()[0].lower()}")
