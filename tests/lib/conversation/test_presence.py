"""Two people at one ticket know of each other, as far as each may."""

from datetime import UTC, datetime

import pytest
import time_machine

from db.vocabulary import PresenceActivity
from lib.conversation import presence
from lib.core.errors import NotFound, NotPermitted
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast


def enter(actor, number, doing=PresenceActivity.LOOKING, mark=""):
    with act() as session:
        ticket = tickets.find(session, actor, number)
        presence.enter(session, actor, ticket, mark=mark or actor.name, doing=doing)


def there(actor, number):
    with see() as session:
        found = presence.list_for_ticket(session, actor, tickets.find(session, actor, number))
        return [(each.name, each.doing.value) for each in found]


def test_those_who_work_a_ticket_see_each_other_but_not_themselves(desk):
    number = cast.create_ticket(desk.sam)
    enter(desk.rita, number)
    enter(desk.arun, number, PresenceActivity.NOTING)
    enter(desk.sam, number, PresenceActivity.REPLYING)
    assert there(desk.rita, number) == [("Arun Das", "noting"), ("Sam Reed", "replying")]
    assert there(desk.mona, number) == [
        ("Arun Das", "noting"),
        ("Rita Sosa", "looking"),
        ("Sam Reed", "replying"),
    ]


@pytest.mark.parametrize("asker", ["sam", "bela"])
def test_whoever_asks_hears_of_replies_alone(desk, asker):
    who = getattr(desk, asker)
    number = cast.create_ticket(who)
    enter(desk.rita, number)
    enter(desk.arun, number, PresenceActivity.NOTING)
    assert there(who, number) == []
    enter(desk.rita, number, PresenceActivity.REPLYING)
    assert there(who, number) == [("Rita Sosa", "replying")]
    enter(desk.rita, number, PresenceActivity.NOTING)
    assert there(who, number) == []


def test_who_may_not_see_it_is_neither_told_nor_shown(desk):
    number = cast.create_ticket(desk.sam)
    enter(desk.rita, number)
    for stranger in (desk.bob, desk.bela):
        with pytest.raises(NotFound):
            there(stranger, number)
        with pytest.raises(NotFound):
            enter(stranger, number)
    with pytest.raises(NotPermitted):
        enter(desk.sam, number, PresenceActivity.NOTING)
    assert there(desk.mona, number) == [("Rita Sosa", "looking")]


def test_the_most_telling_of_several_pages_counts_and_closed_ones_do_not(desk):
    number = cast.create_ticket(desk.sam)
    enter(desk.rita, number, PresenceActivity.REPLYING, mark="one")
    enter(desk.rita, number, mark="two")
    assert there(desk.mona, number) == [("Rita Sosa", "replying")]
    with act() as session:
        presence.leave(session, ["one"])
    assert there(desk.mona, number) == [("Rita Sosa", "looking")]


def test_a_page_that_is_not_heard_of_is_forgotten(desk):
    number = cast.create_ticket(desk.sam)
    enter(desk.rita, number)
    enter(desk.arun, number)
    with time_machine.travel(datetime.now(UTC) + presence.TIMEOUT * 0.9), act() as session:
        presence.refresh(session, ["Rita Sosa"])
    with time_machine.travel(datetime.now(UTC) + presence.TIMEOUT * 1.1):
        assert there(desk.mona, number) == [("Rita Sosa", "looking")]
        with act() as session:
            presence.forget_old(session)
            assert presence.snapshot(session, [number]) == {number: frozenset({(desk.rita.id, "looking")})}
