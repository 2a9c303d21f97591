"""P13 (C17, C18): a requester never receives a byte of an internal note, nor of anything foreign."""

import json
from dataclasses import asdict, is_dataclass
from typing import Any

import pytest

from db.vocabulary import Permission
from lib.audit import audit_log
from lib.conversation import attachments, comments, history
from lib.core.errors import NotFound
from lib.lists import filters, ticket_list
from lib.people import accounts
from lib.search_index import index
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast

CANARY = "zebrafinch"


def flat(value: Any) -> str:
    """Everything that is in some answer, as text."""

    def plain(part):
        return asdict(part) if is_dataclass(part) and not isinstance(part, type) else str(part)

    return json.dumps(value, default=plain, ensure_ascii=False)


@pytest.fixture
def haunted(desk):
    """Sam's ticket, with the canary in a note, in a rewritten note, in a removed note and in a note's file."""
    number = cast.create_ticket(desk.sam, "The door sticks", description="since Monday")
    cast.add_comment(desk.rita, number, f"{CANARY} in a note", internal=True)
    rewritten = cast.add_comment(desk.rita, number, f"{CANARY} before", internal=True)
    removed = cast.add_comment(desk.rita, number, f"{CANARY} removed", internal=True)
    public = cast.add_comment(desk.rita, number, "We look into it")
    with act() as session:
        comment, ticket = comments.get_with_ticket(session, desk.rita, rewritten)
        comments.edit(session, desk.rita, comment, ticket, body=f"{CANARY} after", seen=1)
        comment, ticket = comments.get_with_ticket(session, desk.rita, removed)
        comments.remove(session, desk.rita, comment, ticket)
        upload = attachments.create(session, desk.rita, attachments.examine(f"{CANARY}.txt", CANARY.encode()))
        comments.add(session, desk.rita, ticket, body="see file", internal=True, files=[upload.id])
        gone = attachments.create(session, desk.rita, attachments.examine(f"{CANARY}2.txt", b"x"))
        comments.add(session, desk.rita, ticket, body="and this", internal=True, files=[gone.id])
        attachments.remove(session, desk.rita, gone)
    return desk, number, upload.id, rewritten, public


def everything(actor, number: int) -> str:
    """All that a person can get about a ticket through lib."""
    with see() as session:
        ticket = tickets.find(session, actor, number)
        by_word = filters.parse_parameters(session, actor, {"q": [CANARY]})
        by_start = filters.parse_parameters(session, actor, {"q": [CANARY[:4]]})
        return flat(
            [
                ticket_list.get_row(session, actor, ticket),
                comments.list_for_ticket(session, actor, ticket),
                comments.list_for_ticket(session, actor, ticket, before=10**9),
                history.list_for_ticket(session, actor, ticket, limit=500),
                history.list_for_ticket(session, actor, ticket, before=10**9, limit=500),
                attachments.list_for_ticket(session, actor, ticket),
                tickets.list_tags(session, ticket),
                ticket_list.get_page(session, actor, by_word).rows,
                ticket_list.get_page(session, actor, by_start).rows,
                [ticket_list.count(session, actor, by_word), ticket_list.count(session, actor, by_start)],
                index.find_similar(session, actor, f"door {CANARY}"),
                accounts.list_visible(session, actor),
            ]
        )


@pytest.mark.parametrize("who", ["sam", "bob", "bela"])
def test_p13_no_byte_of_a_note_reaches_who_may_not_read_it(haunted, who):
    """The requester, somebody in copy, and an agent of another team in copy."""
    desk, number, file, rewritten, _public = haunted
    reader = getattr(desk, who)
    if who != "sam":
        cast.add_cc(desk.rita, number, reader)
    got = everything(reader, number)
    assert CANARY not in got
    assert "note" not in got.lower()
    assert "We look into it" in got
    with pytest.raises(NotFound), see() as session:
        comments.get_with_ticket(session, reader, rewritten)
    with pytest.raises(NotFound), see() as session:
        attachments.get(session, reader, file)


def test_p13_counts_tell_nothing_of_notes(haunted):
    desk, number, *_rest = haunted
    quiet = cast.create_ticket(desk.sam, "A quiet one")
    cast.add_comment(desk.rita, quiet, "We look into it")
    sizes = []
    for n in (number, quiet):
        with see() as session:
            ticket = tickets.find(session, desk.sam, n)
            said, done = (
                comments.list_for_ticket(session, desk.sam, ticket),
                history.list_for_ticket(session, desk.sam, ticket),
            )
            sizes.append(
                (
                    len(said),
                    len(done),
                    len(attachments.list_for_ticket(session, desk.sam, ticket)),
                    ticket.version,
                )
            )
    assert sizes[0] == sizes[1]


def test_p13_who_may_read_notes_finds_them(haunted):
    """Otherwise the tests above could pass on an empty desk."""
    desk, number, file, _rewritten, _public = haunted
    for reader in (desk.rita, desk.arun, desk.mona, desk.ada):
        got = everything(reader, number)
        assert got.count(CANARY) >= 4
        with see() as session:
            assert attachments.get(session, reader, file).name == f"{CANARY}.txt"


def test_a_removed_note_is_gone_for_everybody(haunted):
    desk, number, *_rest = haunted
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        assert f"{CANARY} removed" not in flat(comments.list_for_ticket(session, desk.rita, ticket))


def test_foreign_words_reach_nobody_through_search_suggestions_lists_counts_or_people(desk):
    """CVE-2022-40816, CVE-2015-8346, CVE-2026-44231: a leak through a second channel."""
    secret = cast.create_ticket(desk.sam, f"The {CANARY} sings", description=CANARY, tags=[CANARY])
    cast.add_comment(desk.sam, secret, f"{CANARY} again")
    for stranger in (desk.bob, desk.bela):
        with see() as session:
            got = []
            for given in (
                {"q": [CANARY]},
                {"q": ["sing"]},
                {"tag": [CANARY]},
                {"requester": [str(desk.sam.id)]},
                {},
            ):
                narrowed = filters.parse_parameters(session, stranger, given)
                assert ticket_list.count(session, stranger, narrowed) == 0
                got.append(ticket_list.get_page(session, stranger, narrowed))
            got.append(index.find_similar(session, stranger, f"The {CANARY} sings"))
        assert CANARY not in flat(got)


def test_the_directory_shows_requesters_only_who_wrote_to_them_and_no_addresses(desk):
    """CVE-2019-3403: a peer's people picker listed everybody."""
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.arun, number, "a note", internal=True)
    with see() as session:
        assert [card.name for card in accounts.list_visible(session, desk.sam)] == ["Sam Reed"]
    cast.add_comment(desk.rita, number, "a reply")
    with see() as session:
        found = {card.name: card.email for card in accounts.list_visible(session, desk.sam)}
        assert found == {"Sam Reed": "sam.reed@example.org", "Rita Sosa": None}
        assert accounts.list_visible(session, desk.sam, search="rita.sosa@") == []
        assert accounts.list_visible(session, desk.sam, search="bob") == []
        with pytest.raises(NotFound):
            accounts.get_card(session, desk.sam, desk.bob.id)
        assert len(accounts.list_visible(session, desk.rita)) == 8


def test_the_audit_never_says_what_a_ticket_says(haunted):
    desk, number, *_rest = haunted
    with pytest.raises(NotFound), see() as session:
        tickets.find(session, desk.bob, number)
    with see() as session:
        for reader in (desk.ada, desk.mona):
            got = flat(audit_log.list_entries(session, reader, limit=500))
            assert CANARY not in got
            assert "door" not in got
            assert "access.denied" in got


@pytest.mark.parametrize("who", ["sam", "rita"])
def test_the_audit_is_for_those_who_may_read_it(desk, who):
    from lib.core.errors import NotPermitted

    with pytest.raises(NotPermitted), see() as session:
        audit_log.list_entries(session, getattr(desk, who))
    assert not getattr(desk, who).may(Permission.AUDIT_READ)
