"""Merging: everything moves with its author and time, nothing leaks, and an administrator can undo it wholly."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from db.models import Attachment, Event, Participant, SearchEntry, Ticket
from db.vocabulary import Action
from lib.catalog import statuses
from lib.conversation import attachments, comments, drafts, history
from lib.core import clock
from lib.core.errors import Conflict, Invalid, NotFound, NotPermitted
from lib.lists import filters, merge_preview, ticket_list
from lib.reports import response_times
from lib.tickets import links, tickets
from lib.tickets import merge as ticket_merge
from lib.transactions import act, see
from tests import cast
from tests.lib.tickets.test_links import link, move, seen
from tests.support.unscoped import UNSCOPED


def merge(actor, number, into, version=None):
    with act() as session:
        ticket, other = ticket_merge.lock_pair(session, actor, number, into)
        ticket_merge.merge(session, actor, ticket, into=other, seen=version or ticket.version)


def unmerge(actor, number, into):
    with act() as session:
        ticket, other = ticket_merge.lock_pair(session, actor, number, into)
        ticket_merge.unmerge(session, actor, ticket, into=other)


def talk(actor, number):
    with see() as session:
        found = comments.list_for_ticket(session, actor, tickets.find(session, actor, number))
    return [(c.author, c.body, c.internal, c.created_at, c.came_from) for c in found]


def said(actor, number):
    return [body for _author, body, *_rest in talk(actor, number)]


def find(actor, **given):
    with see() as session:
        found = filters.parse_parameters(session, actor, {name: [value] for name, value in given.items()})
        return [row.number for row in ticket_list.get_page(session, actor, found).rows]


def told(actor, number):
    with see() as session:
        return [
            line.sentence
            for line in history.list_for_ticket(session, actor, tickets.find(session, actor, number))
        ]


def row(number):
    with see() as session:
        return session.get_one(Ticket, number, execution_options=UNSCOPED)


def tag(actor, number, *names):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        tickets.set_tags(session, actor, ticket, tags=names, seen=ticket.version)


def tags(number):
    with see() as session:
        return tickets.list_tags(session, session.get_one(Ticket, number, execution_options=UNSCOPED))


def file_on(number, comment=None):
    with act() as session:
        stored = Attachment(
            id=f"{number:030x}{comment or 0:02x}", ticket_id=number, comment_id=comment, uploader_id=1, name="a.txt",
            type="text/plain", size=1, sha256="", path=f"{number}-{comment}", created_at=clock.now(),
        )  # fmt: skip
        session.add(stored)


def files(actor, number):
    with see() as session:
        found = attachments.list_for_ticket(session, actor, tickets.find(session, actor, number))
    return [(f.id, f.comment_id is None) for f in found]


def pair_of(desk):
    """Bob's and Sam's tickets about one thing, talked on and furnished."""
    source = cast.create_ticket(desk.bob, "The wallaby printer jams", description="It eats quokka paper.")
    target = cast.create_ticket(desk.sam, "Printer on floor three")
    cast.add_comment(desk.bob, source, "It does it again.")
    cast.add_comment(desk.rita, source, "Bob is angry.", internal=True)
    cast.add_comment(desk.rita, target, "We are on it.")
    cast.add_comment(desk.rita, source, "A colleague comes.")
    cast.add_cc(desk.rita, source, desk.kim)
    tag(desk.rita, source, "paper", "printer")
    tag(desk.rita, target, "printer")
    return source, target


def picture(desk, *numbers):
    """All that people see of some tickets, but for how often they changed and what was told."""
    shown = []
    for number in numbers:
        ticket = row(number)
        with see() as session:
            copied = select(Participant.person_id).where(Participant.ticket_id == number)
            people = sorted(session.exec(copied.execution_options(**UNSCOPED)))
            words = select(SearchEntry.words, SearchEntry.internal).where(SearchEntry.ticket_id == number)
            found = sorted(session.execute(words.execution_options(**UNSCOPED)).all())
        shown.append(
            (
                ticket.status_id, ticket.open, ticket.resolved_at, ticket.first_response_at, ticket.confidential,
                ticket.description, ticket.merged_into_id, people, found, tags(number),
                talk(desk.mona, number), files(desk.mona, number), seen(desk.mona, number),
            )
        )  # fmt: skip
    return shown


def test_everything_moves_with_its_author_and_time(desk):
    source, target = pair_of(desk)
    file_on(source)
    before = talk(desk.rita, source)
    opened = row(source).created_at
    merge(desk.rita, source, target)
    assert talk(desk.rita, source) == []
    now = talk(desk.rita, target)
    for author, body, internal, at, _none in before:
        assert (author, body, internal, at, source) in now
    opening = ("Bob Muir", "The wallaby printer jams\n\nIt eats quokka paper.", False, opened, source)
    assert opening in now
    assert tags(target) == ["paper", "printer"] and tags(source) == []
    assert files(desk.rita, target) == [(f"{source:030x}00", False)] and files(desk.rita, source) == []


def test_who_asked_still_sees_it_and_notes_stay_notes(desk):
    source, target = pair_of(desk)
    with pytest.raises(NotFound):
        said(desk.bob, target)
    merge(desk.rita, source, target)
    for who in (desk.bob, desk.kim, desk.sam):
        assert "A colleague comes." in said(who, target)
        assert "Bob is angry." not in said(who, target)
        assert find(who, q="angry") == []
    assert find(desk.rita, q="angry") == [target]


def test_the_merged_ticket_leads_on_and_is_done_but_not_resolved(desk):
    source, target = pair_of(desk)
    merge(desk.rita, source, target)
    ticket = row(source)
    assert (ticket.open, ticket.resolved_at, ticket.merged_into_id) == (False, None, target)
    with see() as session:
        found = tickets.find(session, desk.bob, source)
        assert ticket_list.get_row(session, desk.bob, found).status == "Merged"
        assert merge_preview.find_target_ticket(session, desk.bob, found).id == target
        assert merge_preview.find_target(session, desk.bob, found).title == "Printer on floor three"
        into = tickets.find(session, desk.rita, target)
        assert [(m.number, m.by) for m in merge_preview.list_sources(session, desk.rita, into)] == [
            (source, "Rita Sosa")
        ]
    assert find(desk.rita, q="wallaby") == [target], "search finds only where it went"
    assert "Merged" not in [s.name for s in _statuses()], "nobody moves a ticket there by hand"


def _statuses():
    with see() as session:
        return statuses.list_all(session)


def test_nothing_on_a_merged_ticket_changes_any_more(desk):
    source, target = pair_of(desk)
    merge(desk.rita, source, target)
    deeds = (
        lambda: cast.add_comment(desk.rita, source, "late"),
        lambda: cast.add_comment(desk.bob, source, "late"),
        lambda: move(desk.mona, source, "In Progress"),
        lambda: tag(desk.rita, source, "late"),
        lambda: cast.add_cc(desk.rita, source, desk.arun),
        lambda: link(desk.rita, source, "relates", target),
        lambda: link(desk.rita, cast.create_ticket(desk.sam), "relates", source),
        lambda: merge(desk.rita, source, cast.create_ticket(desk.sam)),
    )
    for deed in deeds:
        with pytest.raises(Invalid, match=f"#{source} was merged into another"):
            deed()


def test_links_move_where_they_can(desk):
    source, target, third, fourth = (cast.create_ticket(desk.sam) for _ in range(4))
    link(desk.rita, source, "blocks", third)
    link(desk.rita, source, "relates", target)
    link(desk.rita, third, "blocks", fourth)
    link(desk.rita, fourth, "blocks", target)
    before = [seen(desk.rita, n) for n in (source, target, third, fourth)]
    merge(desk.rita, source, target)
    assert seen(desk.rita, source) == []
    assert seen(desk.rita, target) == [("blocked_by", fourth)], "no circle, and none to itself"
    unmerge(desk.ada, source, target)
    assert [seen(desk.rita, n) for n in (source, target, third, fourth)] == before


def test_merging_needs_work_on_both_and_sight_of_both(desk):
    source, target = pair_of(desk)
    elsewhere = cast.create_ticket(desk.bob, "The lift is stuck")
    with act() as session:
        ticket = tickets.find(session, desk.mona, elsewhere, to_change=True)
        ticket.team_id = desk.facilities
    for who, one, other, refusal in (
        (desk.bob, source, elsewhere, NotPermitted),
        (desk.bob, source, target, NotFound),
        (desk.rita, source, elsewhere, NotFound),
        (desk.bela, elsewhere, source, NotFound),
        (desk.kim, target, source, NotFound),
    ):
        with pytest.raises(refusal):
            merge(who, one, other)
    cast.add_cc(desk.bela, elsewhere, desk.rita)
    with pytest.raises(NotPermitted) as no:
        merge(desk.rita, source, elsewhere)
    assert no.value.permission == "ticket.merge"
    assert row(source).merged_into_id is None


def test_whoever_may_not_see_the_target_does_not_learn_of_it(desk):
    source = cast.create_ticket(desk.sam, "Badge broken")
    target = cast.create_ticket(desk.sam, "All badges")
    with act() as session:
        tickets.find(session, desk.ada, target, to_change=True).team_id = desk.facilities
    merge(desk.ada, source, target)
    with see() as session:
        found = tickets.find(session, desk.rita, source)
        assert merge_preview.find_target_ticket(session, desk.rita, found) is None
        where = merge_preview.find_target(session, desk.rita, found)
        lines = history.list_for_ticket(session, desk.rita, found)
    assert (where.number, where.title) == (None, "")
    last = lines[-1]
    assert (last.sentence, last.old, last.new, last.subject) == (
        "merged it into another ticket",
        None,
        None,
        "",
    )
    assert told(desk.sam, source)[-1] == f"merged it into #{target}"


def test_confidential_wins(desk):
    source, target = pair_of(desk)
    with act() as session:
        ticket = tickets.find(session, desk.mona, source, to_change=True)
        tickets.set_confidential(session, desk.mona, ticket, confidential=True, seen=ticket.version)
    with see() as session:
        planned = merge_preview.build(
            session, desk.mona, tickets.find(session, desk.mona, source), into=target
        )
    assert planned.confides and planned.new_readers == ("Bob Muir", "Kim Ito")
    merge(desk.mona, source, target)
    with pytest.raises(NotFound):
        said(desk.arun, target)
    with act() as session:
        session.add(Participant(ticket_id=source, person_id=desk.ada.id))
        session.add(Participant(ticket_id=target, person_id=desk.ada.id))
    unmerge(desk.ada, source, target)
    assert row(source).confidential and not row(target).confidential


def test_what_was_said_in_confidence_stays_so_after_an_undo(desk):
    source, target = pair_of(desk)
    with act() as session:
        tickets.find(session, desk.mona, source, to_change=True).confidential = True
        session.add(Participant(ticket_id=target, person_id=desk.ada.id))
        session.add(Participant(ticket_id=source, person_id=desk.ada.id))
    merge(desk.mona, source, target)
    cast.add_comment(desk.mona, target, "A secret between us.")
    unmerge(desk.ada, source, target)
    assert row(target).confidential


def test_no_circle_and_no_chain(desk):
    one, two, three = (cast.create_ticket(desk.sam) for _ in range(3))
    with pytest.raises(Invalid, match="itself"):
        merge(desk.rita, one, one)
    merge(desk.rita, one, two)
    merge(desk.rita, one, two)
    with pytest.raises(Invalid, match=f"#{one} was itself merged into another ticket"):
        merge(desk.rita, two, one)
    with pytest.raises(Invalid, match=f"Merge into #{two} instead"):
        merge(desk.rita, three, one)
    with pytest.raises(Invalid, match=f"Merge #{three} into #{two} instead"):
        merge(desk.rita, two, three)
    merge(desk.rita, three, two)
    assert [told(desk.rita, n).count(f"merged it into #{two}") for n in (one, three)] == [1, 1]


def test_an_undo_brings_back_all_of_it_and_leaves_what_came_since(desk):
    source, target = pair_of(desk)
    third = cast.create_ticket(desk.sam)
    link(desk.rita, source, "relates", third)
    file_on(source)
    move(desk.rita, source, "Completed")
    before = picture(desk, source, target, third)
    merge(desk.rita, source, target)
    cast.add_comment(desk.sam, target, "Any news?")
    since = talk(desk.mona, target)[-1]
    unmerge(desk.ada, source, target)
    after = picture(desk, source, target, third)
    kept = list(after[1])
    kept[8] = [entry for entry in kept[8] if entry[0] != "any news"]
    kept[10] = [line for line in kept[10] if line[1] != "Any news?"]
    assert [after[0], tuple(kept), after[2]] == before
    assert "Any news?" in said(desk.sam, target) and since[1] == "Any news?"
    with pytest.raises(NotFound):
        said(desk.bob, target)
    assert told(desk.rita, source)[-2:] == [f"merged it into #{target}", f"undid the merge into #{target}"]
    assert told(desk.rita, target)[-1] == f"undid the merge of #{source}"
    merge(desk.rita, source, target)


def test_only_an_administrator_undoes_a_merge(desk):
    source, target = pair_of(desk)
    merge(desk.rita, source, target)
    for who in (desk.rita, desk.mona, desk.bob):
        with pytest.raises(NotPermitted) as no:
            unmerge(who, source, target)
        assert no.value.permission == "system.manage"
    assert row(source).merged_into_id == target


def test_a_stale_view_merges_nothing(desk):
    source, target = pair_of(desk)
    with pytest.raises(Conflict):
        merge(desk.rita, source, target, version=1)


def test_one_event_stands_on_each_ticket(desk):
    source, target = pair_of(desk)
    merge(desk.rita, source, target)
    with see() as session:
        chosen = select(Event.ticket_id, Event.field).where(Event.action == Action.TICKET_MERGED)
        found = session.execute(chosen.execution_options(**UNSCOPED)).all()
    assert sorted(found) == sorted([(source, "into"), (target, "from")])


def test_figures_count_a_merged_ticket_once(desk):
    source, target = pair_of(desk)
    far = datetime(2000, 1, 1, tzinfo=UTC), clock.now() + timedelta(days=1)

    def figures():
        with see() as session:
            return [m(session, desk.ada, since=far[0], until=far[1]).n for m in (
                response_times.measure_first_response, response_times.measure_resolution)]  # fmt: skip

    move(desk.rita, source, "Completed")
    assert figures() == [2, 1]
    merge(desk.rita, source, target)
    assert figures() == [1, 0], "answered once, and merging resolves nothing"
    move(desk.rita, target, "Completed")
    assert figures() == [1, 1]
    unmerge(desk.ada, source, target)
    assert figures() == [2, 2]


def test_whose_word_was_last_is_told_by_time_not_by_place(desk):
    source = cast.create_ticket(desk.sam, "Again")
    target = cast.create_ticket(desk.sam, "First")
    cast.add_comment(desk.rita, target, "We are on it.")
    assert target not in find(desk.rita, last_word="requester")
    merge(desk.rita, source, target)
    assert target not in find(desk.rita, last_word="requester")


def test_what_somebody_had_begun_to_write_goes_along(desk):
    source, target = pair_of(desk)
    with act() as session:
        drafts.save(session, desk.bob, f"ticket-{source}", token="t" * 20, values={"body": "half a"})
    merge(desk.rita, source, target)
    with see() as session:
        assert drafts.load(session, desk.bob, f"ticket-{target}").values["body"] == "half a"


def test_offers_hold_only_what_could_be_merged_into(desk):
    source, target = pair_of(desk)
    third = cast.create_ticket(desk.bob, "The printer jams again")
    with act() as session:
        tickets.find(session, desk.ada, third, to_change=True).team_id = desk.facilities
    with see() as session:
        ticket = tickets.find(session, desk.rita, source)
        for words in ("", "printer", str(target), f"#{target}", str(third), "9" * 30, '"('):
            found = [
                offer.number for offer in merge_preview.suggest_targets(session, desk.rita, ticket, words)
            ]
            assert found in ([target], []), words
        assert [
            o.number for o in merge_preview.suggest_targets(session, desk.rita, ticket, f"#{target}")
        ] == [target]


def test_two_who_merge_crosswise_at_once_make_one_merge(desk):
    for _ in range(3):
        one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
        start, ended = threading.Barrier(2), []

        def try_(a, b, start=start, ended=ended):
            start.wait()
            try:
                merge(desk.rita, a, b)
                ended.append("merged")
            except Invalid:
                ended.append("refused")

        both = [threading.Thread(target=try_, args=pair) for pair in ((one, two), (two, one))]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert sorted(ended) == ["merged", "refused"]


def test_replies_at_the_same_moment_are_never_left_behind(desk):
    source, target = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    done = []

    def speak():
        for n in range(10):
            try:
                cast.add_comment(desk.sam, source, f"word {n}")
                done.append(f"word {n}")
            except Invalid:
                return

    speaker = threading.Thread(target=speak)
    speaker.start()
    merge(desk.rita, source, target)
    speaker.join()
    assert said(desk.rita, source) == []
    assert set(done) <= set(said(desk.rita, target))


def test_links_of_a_merged_ticket_are_shown_nowhere(desk):
    source, target = pair_of(desk)
    merge(desk.rita, source, target)
    with see() as session:
        assert links.find_blockers(session, desk.rita, [source, target]) == {}
        chosen = select(Ticket.id).where(col(Ticket.merged_into_id).is_not(None))
        assert session.exec(chosen.execution_options(**UNSCOPED)).all() == [source]
