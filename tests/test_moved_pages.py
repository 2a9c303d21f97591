"""Old addresses of pages lead to the pages."""

import httpx
import pytest

from ui.shell import menu
from web.moved_pages import NEW_ADDRESSES

ADDRESSES = {entry.url for entry in menu.ENTRIES}


def test_every_old_address_leads_to_a_page_that_is_there():
    assert set(NEW_ADDRESSES.values()) <= ADDRESSES
    assert not set(NEW_ADDRESSES) & ADDRESSES


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/hearing", "/notification-settings"),
        ("/rules?whom=watcher", "/notification-rules?whom=watcher"),
        ("/hours?by=Person&by=Ticket&since=2026-01-05", "/time-report?by=Person&by=Ticket&since=2026-01-05"),
        ("/week?of=%2F%2Fevil.example", "/timesheet?of=%2F%2Fevil.example"),
    ],
)
def test_an_old_address_keeps_what_it_asked_for_and_stays_on_the_desk(server, old, new):
    answer = httpx.get(server().url + old)
    assert (answer.status_code, answer.headers["location"]) == (308, new)
