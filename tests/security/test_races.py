"""P02, P33, P34: what happens at the same moment, on both databases, with real threads."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import Session, select

from db.models import Comment, Event, Person, Status, Ticket
from db.vocabulary import Action, Priority, Purpose
from lib.access import gate
from lib.audit import idempotency
from lib.catalog import statuses
from lib.conversation import comments
from lib.core import clock
from lib.core.errors import Conflict, Invalid, Refusal
from lib.identity import one_time_tokens, second_factor
from lib.people import accounts
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("races are settled by each database's locks")


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Run all deeds in threads that begin together; return their answers or errors, in order."""
    barrier, answers = Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            answers[place] = deed()
        except Exception as error:  # the test says which ones it expects
            answers[place] = error

    threads = [Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def events_of(session: Session, number: int, action: Action) -> list[Event]:
    chosen = select(Event).where(Event.ticket_id == number, Event.action == action)
    return list(session.exec(chosen.execution_options(**UNSCOPED)))


def test_p34_of_twenty_who_take_a_ticket_one_wins_and_nineteen_are_told_who(desk):
    with act() as session:
        agents = [cast.hire(session, f"Agent {n}", "agent", desk.service_desk) for n in range(20)]
    number = cast.create_ticket(desk.sam)

    def take(agent):
        def deed():
            with act() as session:
                tickets.claim(session, agent, tickets.find(session, agent, number, to_change=True))
            return agent

        return deed

    answers = at_once(*(take(agent) for agent in agents))
    winners = [a for a in answers if not isinstance(a, Refusal)]
    losers = [a for a in answers if isinstance(a, Conflict)]
    assert (len(winners), len(losers)) == (1, 19)
    assert {str(refusal) for refusal in losers} == {f"#{number} is already assigned to {winners[0].name}."}
    assert all(refusal.current["assignee"]["id"] == winners[0].id for refusal in losers)
    with see() as session:
        [event] = events_of(session, number, Action.TICKET_ASSIGNED)
        assert (event.actor_id, event.new) == (winners[0].id, str(winners[0].id))
        assert gate.visible(winners[0], Ticket.assignee_id) is not None
        assert tickets.find(session, winners[0], number).assignee_id == winners[0].id


@pytest.mark.parametrize("to_change", [True, False])
def test_p33_two_edits_of_one_version_never_both_succeed(desk, to_change):
    """Also where a caller forgot to lock the row: the second write misses its version instead of overwriting."""
    number = cast.create_ticket(desk.sam, "As it was")
    barrier = Barrier(2)

    def rename(title):
        def deed():
            with act() as session:
                ticket = tickets.find(session, desk.rita, number, to_change=to_change)
                if not to_change and session.get_bind().dialect.name == "postgresql":
                    barrier.wait(5)  # both have read version 1 by now
                tickets.rename(session, desk.rita, ticket, title=title, seen=1)
            return title

        return deed

    answers = at_once(rename("Mine"), rename("Yours"))
    [title] = [a for a in answers if isinstance(a, str)]
    assert [type(a) for a in answers if not isinstance(a, str)] == [Conflict]
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        assert (ticket.title, ticket.version) == (title, 2)
        assert len(events_of(session, number, Action.TICKET_UPDATED)) == 1


def test_p33_a_stale_save_of_another_field_is_a_conflict_that_says_what_is_true_now(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        tickets.prioritize(session, desk.rita, ticket, priority=Priority.HIGH, seen=1)
    with pytest.raises(Conflict) as refusal, act() as session:
        ticket = tickets.find(session, desk.arun, number, to_change=True)
        tickets.rename(session, desk.arun, ticket, title="Other", seen=1)
    assert refusal.value.current == {"version": 2}


def test_talk_never_stales_an_edit_and_an_edit_never_stops_talk(desk):
    number = cast.create_ticket(desk.sam)

    def reply(n):
        def deed():
            with act() as session:
                ticket = tickets.find(session, desk.rita, number)
                comments.add(session, desk.rita, ticket, body=f"Reply {n}")

        return deed

    def move():
        with act() as session:
            ticket = tickets.find(session, desk.arun, number, to_change=True)
            tickets.move(session, desk.arun, ticket, to=statuses.get(session, "Blocked"), seen=1)

    assert at_once(*(reply(n) for n in range(6)), move) == [None] * 7
    with see() as session:
        ticket = tickets.find(session, desk.arun, number)
        assert (ticket.version, ticket.first_response_at is None) == (2, False)
        assert len(comments.list_for_ticket(session, desk.arun, ticket)) == 6


def test_two_edits_of_one_comment_never_both_succeed(desk):
    said = cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "First")
    barrier = Barrier(2)

    def edit(body):
        def deed():
            with act() as session:
                comment, ticket = comments.get_with_ticket(session, desk.rita, said)
                if session.get_bind().dialect.name == "postgresql":
                    barrier.wait(5)
                comments.edit(session, desk.rita, comment, ticket, body=body, seen=1)
            return body

        return deed

    answers = at_once(edit("Second"), edit("Third"))
    assert sorted(type(a).__name__ for a in answers) == ["Conflict", "str"]
    with see() as session:
        body = session.get_one(Comment, said, execution_options=UNSCOPED).body
    assert body in answers


def test_p32_a_key_raced_by_ten_does_its_deed_once_and_answers_all_alike(desk):
    """Double click on Submit makes one ticket; another person's equal key is their own."""

    def submit(actor):
        def deed():
            with act() as session:

                def make():
                    return str(tickets.create(session, actor, title="Once").id)

                return idempotency.run_once(session, actor, "key", fingerprint="f", create=make)

        return deed

    answers = at_once(*(submit(desk.sam) for _ in range(10)))
    assert len(set(answers)) == 1
    assert submit(desk.sam)() == answers[0]
    assert submit(desk.bob)() != answers[0]
    with see() as session:
        assert len(session.exec(gate.visible(desk.sam, Ticket.id)).all()) == 1
    with pytest.raises(Invalid, match="another request"), act() as session:
        idempotency.run_once(session, desk.sam, "key", fingerprint="other", create=str)


def test_two_who_set_up_at_once_make_one_administrator(engine):
    """CVE-2026-92805: a peer's installer could be run again."""

    def found(name):
        def deed():
            with act() as session:
                email = f"{name}@example.org"
                return accounts.create_first_administrator(
                    session, email=email, name=name, password=cast.PASSWORD
                ).name

        return deed

    answers = at_once(found("Ada"), found("Eve"))
    assert sorted(type(a).__name__ for a in answers) == ["Conflict", "str"]
    with see() as session:
        assert accounts.count_administrators(session) == 1
    with pytest.raises(Conflict, match="already set up"):
        found("Mallory")()


@pytest.mark.parametrize("purpose", [Purpose.SETUP, Purpose.PASSWORD, Purpose.HANDOFF])
def test_a_one_time_secret_raced_by_eight_works_once(desk, purpose):
    whom = None if purpose == Purpose.SETUP else desk.sam.id
    with act() as session:
        secret = one_time_tokens.create(session, purpose, person_id=whom)

    def redeem():
        with act() as session:
            return one_time_tokens.redeem(session, purpose, secret)

    answers = at_once(*[redeem] * 8)
    assert [type(a) for a in answers if isinstance(a, Refusal)] == [Invalid] * 7
    assert [a for a in answers if not isinstance(a, Refusal)] == [whom]


def test_p09_a_code_raced_by_four_is_used_up_by_one(desk):
    secret = second_factor.generate_secret()
    with act() as session:
        cast.get_person(session, desk.sam).totp_secret = secret
    import pyotp

    code = pyotp.TOTP(secret).at(clock.now())

    def verify():
        with act() as session:
            return second_factor.verify(session, cast.get_person(session, desk.sam), code)

    assert sorted(at_once(*[verify] * 4)) == [False, False, False, True]


def test_two_who_invite_one_address_at_once_make_one_account_and_a_sentence(desk):
    def invite():
        with act() as session:
            return cast.hire(session, "New Comer", "requester").name

    answers = at_once(*[invite] * 4)
    assert [a for a in answers if isinstance(a, str)] == ["New Comer"]
    assert {type(a) for a in answers} == {str, Invalid}


def test_two_administrators_who_demote_each_other_leave_one(desk):
    """P16, raced."""
    with act() as session:
        other = cast.hire(session, "Olga Rey", "administrator")

    def demote(actor, whom):
        def deed():
            with act() as session:
                person = session.get_one(Person, whom.id)
                accounts.disable(session, actor, person)

        return deed

    answers = at_once(demote(desk.ada, other), demote(other, desk.ada))
    assert sorted(str(type(a).__name__) for a in answers) == ["Invalid", "NoneType"]
    with see() as session:
        assert accounts.count_administrators(session) == 1


def test_one_new_tag_raced_by_four_tickets_is_one_tag(desk):
    def ask():
        return cast.create_ticket(desk.sam, tags=["printer", "floor three"])

    assert len(set(at_once(*[ask] * 4))) == 4


def test_fifty_moves_and_edits_of_one_ticket_at_once_lose_nothing(desk):
    """Each tries again when told that somebody was faster; afterwards every one of them is in the ticket's history."""
    number = cast.create_ticket(desk.sam, "As it was asked")
    workers, places = (desk.mona, desk.rita, desk.arun), ("In Progress", "Blocked", "Pending")

    def verb(n):
        return (
            (tickets.rename, {"title": f"Title {n}"}),
            (tickets.set_description, {"description": f"Description {n}"}),
            (tickets.set_tags, {"tags": [f"tag-{n}"]}),
            (tickets.move, {"to": places[n % 3]}),
            (comments.add, {"body": f"Reply {n}"}),
        )[n % 5]

    def work(n):
        actor, (deed, what) = workers[n % 3], verb(n)

        def once():
            with act() as session:
                ticket = tickets.find(
                    session, actor, number, to_change=n % 2 == 0 or deed is tickets.set_tags
                )
                more = what | ({"to": statuses.get(session, what["to"])} if "to" in what else {})
                if deed is comments.add:
                    return deed(session, actor, ticket, **more)
                was = ticket.version
                deed(session, actor, ticket, seen=was, **more)
                return ticket.version - was

        def until_done():
            for _ in range(200):
                try:
                    return once()
                except Conflict:
                    continue
            return None

        return until_done

    answers = at_once(*(work(n) for n in range(50)))
    assert not [a for a in answers if a is None or isinstance(a, Exception)], answers
    changes = [a for n, a in enumerate(answers) if n % 5 != 4]
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        assert ticket.version == 1 + sum(changes)
        assert {c.body for c in comments.list_for_ticket(session, desk.rita, ticket)} == {
            f"Reply {n}" for n in range(4, 50, 5)
        }
        told = events_of(session, number, Action.TICKET_UPDATED) + events_of(
            session, number, Action.TICKET_MOVED
        )
        assert len(told) == sum(changes)
        held = {
            "title": ticket.title, "description": ticket.description,
            "tags": ", ".join(tickets.list_tags(session, ticket)),
            "status": session.get_one(Status, ticket.status_id).name,
        }  # fmt: skip
        for name, first in (
            ("title", "As it was asked"),
            ("description", ""),
            ("tags", None),
            ("status", "To-Do"),
        ):
            chain = sorted((e for e in told if e.field == name), key=lambda e: e.id)
            assert [e.old for e in chain] == [first, *(e.new for e in chain[:-1])], name
            assert chain[-1].new == held[name]
            assert len(chain) == 10 or name == "status"
