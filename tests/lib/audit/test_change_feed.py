"""News are hints that reach only those whom they concern."""

from contextlib import suppress

import pytest

from db.vocabulary import Priority
from lib.audit import change_feed
from lib.core import clock
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast


def heard(actor, name, deed):
    """Tell whether the deed is news to an actor who listens to a topic."""
    with see() as session:
        before, topic = change_feed.newest_id(session), change_feed.find_topic(session, actor, name)
    assert topic is not None
    deed()
    with see() as session:
        return any(each.concerns(topic) for each in change_feed.list_since(session, before))


def test_a_ticket_is_a_topic_only_for_those_who_see_it(desk):
    number = cast.create_ticket(desk.sam)
    with see() as session:
        listening = [
            who.name
            for who in (desk.rita, desk.sam, desk.bob, desk.bela)
            if change_feed.find_topic(session, who, change_feed.ticket_topic(number))
        ]
        nonsense = [
            change_feed.find_topic(session, desk.rita, name)
            for name in ("", "ticket-0", "ticket-x", "ticket-99999")
        ]
    assert listening == ["Rita Sosa", "Sam Reed"]
    assert nonsense == [None] * 4


@pytest.mark.parametrize("asker", ["sam", "bela"])
def test_a_note_is_no_news_to_its_requester_even_when_they_are_staff_elsewhere(desk, asker):
    who = getattr(desk, asker)
    number = cast.create_ticket(who)
    topic = change_feed.ticket_topic(number)
    assert not heard(who, topic, lambda: cast.add_comment(desk.rita, number, "Between us", internal=True))
    assert heard(desk.arun, topic, lambda: cast.add_comment(desk.rita, number, "Between us", internal=True))
    assert heard(who, topic, lambda: cast.add_comment(desk.rita, number, "Coming"))


def test_of_the_whole_desk_staff_hear_of_notes_only_where_they_may_read_them(desk):
    number = cast.create_ticket(desk.sam)
    cast.add_cc(desk.rita, number, desk.bela)

    def note():
        cast.add_comment(desk.rita, number, "Between us", internal=True)

    assert heard(desk.arun, change_feed.DESK, note) and heard(desk.ada, change_feed.DESK, note)
    assert not heard(desk.bela, change_feed.DESK, note)
    assert heard(desk.bela, change_feed.DESK, lambda: cast.add_comment(desk.rita, number, "To all"))
    with see() as session:
        assert change_feed.newest_id(
            session, change_feed.find_topic(session, desk.bela, change_feed.DESK)
        ) == change_feed.newest_id(session)
    note()
    with see() as session:
        assert change_feed.newest_id(
            session, change_feed.find_topic(session, desk.bela, change_feed.DESK)
        ) < change_feed.newest_id(session)
        assert change_feed.newest_id(
            session, change_feed.find_topic(session, desk.rita, change_feed.DESK)
        ) == change_feed.newest_id(session)


def test_of_the_whole_desk_a_requester_hears_what_they_take_part_in(desk):
    own, other = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    assert heard(desk.sam, change_feed.DESK, lambda: cast.add_comment(desk.rita, own, "Coming"))
    assert not heard(desk.sam, change_feed.DESK, lambda: cast.add_comment(desk.rita, other, "Coming"))
    assert not heard(
        desk.sam, change_feed.DESK, lambda: cast.add_comment(desk.rita, own, "Between us", internal=True)
    )
    assert heard(desk.sam, change_feed.DESK, lambda: cast.add_cc(desk.rita, other, desk.sam))
    assert heard(desk.rita, change_feed.DESK, lambda: cast.add_comment(desk.rita, other, "Coming"))


def test_the_newest_of_a_topic_passes_over_what_it_does_not_concern(desk):
    own, other = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    with see() as session:
        mine = change_feed.newest_id(session, change_feed.find_topic(session, desk.sam, change_feed.DESK))
    cast.add_comment(desk.rita, other, "Coming")
    cast.add_comment(desk.rita, own, "Between us", internal=True)
    with see() as session:
        assert (
            change_feed.newest_id(session, change_feed.find_topic(session, desk.sam, change_feed.DESK))
            == mine
        )
        assert (
            change_feed.newest_id(session, change_feed.find_topic(session, desk.rita, change_feed.DESK))
            > mine
        )


@pytest.mark.postgresql
@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
@pytest.mark.parametrize("ends", ["commits", "gives up"])
def test_what_took_its_number_first_and_commits_last_is_not_passed_over(desk, ends):
    slow, quick = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    with see() as session:
        before = change_feed.newest_id(session)

    def told():
        with see() as session:
            return [new.ticket_id for new in change_feed.list_since(session, before)]

    with suppress(LookupError), act() as session:
        first = tickets.find(session, desk.rita, slow, to_change=True)
        tickets.prioritize(session, desk.rita, first, priority=Priority.HIGH, seen=first.version)
        session.flush()
        cast.add_comment(desk.rita, quick, "Coming")
        assert told() == []
        with clock.travel_to(clock.now() + 2 * change_feed.GAP_TIMEOUT):
            assert told() == [quick]
        if ends == "gives up":
            raise LookupError
    if ends == "commits":
        assert told() == [slow, quick]
    else:
        assert told() == []
        with clock.travel_to(clock.now() + 2 * change_feed.GAP_TIMEOUT):
            assert told() == [quick]
