"""The frame: the bell leaves out what one looks at, and that is marked as read once."""

import pytest

from lib.audit import change_feed
from lib.notifications import inbox
from lib.transactions import see
from tests import cast
from ui.shared import page
from ui.shell import layout


@pytest.fixture
def look(monkeypatch):
    """Look at a ticket as somebody, as a run of its page does; give what the bell counted and what was marked."""
    for part in (
        (layout.style, "apply"),
        (layout.search_box, "show_global_box"),
        (layout.saved_views, "show_list"),
        (layout, "rerun_on_event"),
    ):
        monkeypatch.setattr(*part, lambda *_, **__: None)
    rung, marked, read_all = [], [], inbox.mark_all_read
    monkeypatch.setattr(layout, "bell", lambda *, unread, **_: rung.append(unread))

    def noted(session, actor, **how):
        marked.append(how["ticket_id"])
        read_all(session, actor, **how)

    monkeypatch.setattr(inbox, "mark_all_read", noted)

    def run(actor, number, *, shown=None):
        monkeypatch.setattr(page, "current_url", lambda: f"/ticket?id={number}")
        monkeypatch.setattr(page, "number_from_url", lambda _name: number)
        rung.clear()
        marked.clear()
        layout.show_frame(actor)
        with see() as session:
            since = change_feed.newest_id(session)
        layout.rerun_on_ticket_event(actor, shown or number, since=since)
        return rung[0], sorted(marked)

    return run


def unread(actor):
    with see() as session:
        return inbox.count_unread(session, actor)


def test_the_bell_leaves_out_what_one_looks_at_and_that_is_marked_once(desk, look):
    here, elsewhere = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    for number in (here, here, elsewhere):
        cast.add_comment(desk.rita, number, "Hello")
    assert unread(desk.sam) == 3
    assert look(desk.sam, here) == (1, [here]) and unread(desk.sam) == 1
    assert look(desk.sam, here) == (1, [])


def test_whoever_comes_by_a_merged_ticket_s_number_has_read_of_both(desk, look):
    source, target = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, source, "Hello")
    cast.add_comment(desk.rita, target, "Hello")
    assert look(desk.sam, source, shown=target) == (1, sorted([source, target])) and unread(desk.sam) == 0
