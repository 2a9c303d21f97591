"""Tickets, comments and files as people use them: what each verb changes, records and refuses."""

from datetime import timedelta

import pytest

from db.vocabulary import Action, Priority
from lib.audit import idempotency
from lib.catalog import categories, statuses
from lib.conversation import attachments, comments, drafts, history
from lib.core import clock
from lib.core.errors import Conflict, Gone, Invalid, NotFound, NotPermitted
from lib.people import accounts
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast


def change(actor, number, verb, **more):
    """Find a ticket to change, and change it as of its present version."""
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        if verb not in (tickets.claim, tickets.delete):
            more = {"seen": ticket.version, **more}
        verb(session, actor, ticket, **more)


def to(name):
    with see() as session:
        return statuses.get(session, name)


def sentences(actor, number):
    with see() as session:
        return [
            line.sentence
            for line in history.list_for_ticket(session, actor, tickets.find(session, actor, number))
        ]


def test_a_ticket_goes_to_the_team_given_or_its_category_s_or_the_default(desk):
    with act() as session:
        category = categories.create(session, desk.ada, name="Doors", team_id=desk.facilities).id

    def team(number):
        with see() as session:
            return tickets.find(session, desk.ada, number).team_id

    assert team(cast.create_ticket(desk.sam)) == desk.service_desk
    assert team(cast.create_ticket(desk.sam, category_id=category)) == desk.facilities
    assert (
        team(cast.create_ticket(desk.rita, category_id=category, team_id=desk.service_desk))
        == desk.service_desk
    )
    with pytest.raises(NotPermitted):
        cast.create_ticket(desk.sam, team_id=desk.facilities)


def test_staff_ask_for_others_and_stay_in_copy(desk):
    number = cast.create_ticket(desk.rita, requester_id=desk.sam.id, team_id=desk.facilities)
    with see() as session:
        assert tickets.find(session, desk.sam, number).requester_id == desk.sam.id
        assert tickets.find(session, desk.rita, number)
    assert sentences(desk.sam, number) == ["created it for Sam Reed"]
    with pytest.raises(NotPermitted):
        cast.create_ticket(desk.sam, requester_id=desk.bob.id)


def test_the_history_says_in_words_what_happened(desk):
    number = cast.create_ticket(desk.sam)
    change(desk.rita, number, tickets.claim)
    change(desk.rita, number, tickets.move, to=to("In Progress"))
    change(desk.rita, number, tickets.prioritize, priority=Priority.URGENT)
    change(desk.rita, number, tickets.rename, title="Printer on fire")
    change(desk.rita, number, tickets.set_tags, tags=["Fire", "fire", "printer"])
    change(desk.mona, number, tickets.assign, to=desk.arun.id)
    change(desk.arun, number, tickets.unassign)
    cast.add_cc(desk.arun, number, desk.bob)
    cast.add_comment(desk.arun, number, "It was the toner")
    change(desk.arun, number, tickets.move, to=to("Completed"))
    assert sentences(desk.sam, number) == [
        "created it",
        "assigned it to themselves",
        "moved it from To-Do to In Progress",
        "changed the priority from normal to urgent",
        "changed the title from “The printer on floor three is broken” to “Printer on fire”",
        "tagged it fire, printer",
        "assigned it to Arun Das",
        "unassigned Arun Das",
        "added Bob Muir to CC",
        "replied",
        "moved it from In Progress to Completed",
    ]


def test_doing_a_thing_twice_says_it_once_and_changes_nothing(desk):
    number = cast.create_ticket(desk.sam, tags=["a"])
    change(desk.rita, number, tickets.claim)
    with see() as session:
        before = tickets.find(session, desk.rita, number)
        said = len(history.list_for_ticket(session, desk.rita, before))
    change(desk.rita, number, tickets.claim)
    change(desk.rita, number, tickets.move, to=to("To-Do"))
    change(desk.rita, number, tickets.prioritize, priority=Priority.NORMAL)
    change(desk.rita, number, tickets.rename, title=before.title)
    change(desk.rita, number, tickets.set_description, description="")
    change(desk.rita, number, tickets.set_tags, tags=["A "])
    change(desk.rita, number, tickets.set_confidential, confidential=False)
    with see() as session:
        after = tickets.find(session, desk.rita, number)
        assert (after.version, after.updated_at) == (before.version, before.updated_at)
        assert len(history.list_for_ticket(session, desk.rita, after)) == said


def test_resolved_is_the_last_entry_into_done_that_counts(desk):
    number = cast.create_ticket(desk.sam)

    def resolved():
        with see() as session:
            ticket = tickets.find(session, desk.rita, number)
            return ticket.open, ticket.resolved_at

    change(desk.rita, number, tickets.move, to=to("Cancelled"))
    assert resolved() == (False, None)
    change(desk.rita, number, tickets.move, to=to("Completed"))
    first = resolved()[1]
    assert first is not None
    change(desk.rita, number, tickets.move, to=to("In Progress"))
    assert resolved() == (True, None)
    change(desk.rita, number, tickets.move, to=to("Completed"))
    assert resolved()[1] > first


def test_the_first_response_is_the_first_public_word_of_staff_who_did_not_ask(desk):
    number, own = cast.create_ticket(desk.sam), cast.create_ticket(desk.rita)

    def answered(n):
        with see() as session:
            return tickets.find(session, desk.rita, n).first_response_at is not None

    cast.add_comment(desk.sam, number, "anybody?")
    cast.add_comment(desk.rita, number, "hm", internal=True)
    cast.add_comment(desk.rita, own, "note to myself")
    assert (answered(number), answered(own)) == (False, False)
    cast.add_comment(desk.arun, number, "hello")
    assert answered(number)


class TestRequesters:
    """What the person who asked may still do themselves."""

    def test_change_words_until_the_first_reply(self, desk):
        number = cast.create_ticket(desk.sam)
        change(desk.sam, number, tickets.rename, title="Better")
        cast.add_comment(desk.rita, number, "I see")
        with pytest.raises(Invalid, match="first reply"):
            change(desk.sam, number, tickets.rename, title="Even better")

    @pytest.mark.parametrize("verb", ["set_tags", "set_confidential", "categorize"])
    def test_do_not_sort(self, desk, verb):
        number = cast.create_ticket(desk.sam)
        with see() as session:
            general = categories.get(session, "General")
        more = {
            "set_tags": {"tags": ["x"]},
            "set_confidential": {"confidential": True},
            "categorize": {"category": general},
        }[verb]
        with pytest.raises(NotPermitted):
            change(desk.sam, number, getattr(tickets, verb), **more)

    def test_close_and_reopen_but_move_nowhere_else(self, desk):
        number = cast.create_ticket(desk.sam)
        with pytest.raises(NotPermitted):
            change(desk.sam, number, tickets.move, to=to("In Progress"))
        change(desk.sam, number, tickets.move, to=to("Completed"))
        with pytest.raises(Invalid, match="gets the status of new tickets"):
            change(desk.sam, number, tickets.move, to=to("In Progress"))
        change(desk.sam, number, tickets.move, to=to("To-Do"))

    def test_reopen_for_fourteen_days_which_talk_does_not_prolong(self, desk):
        number = cast.create_ticket(desk.sam)
        change(desk.rita, number, tickets.move, to=to("Completed"))
        with clock.travel_to(clock.now() + timedelta(days=13)):
            cast.add_comment(desk.sam, number, "is it really?")
        with (
            clock.travel_to(clock.now() + timedelta(days=15)),
            pytest.raises(Invalid, match="more than 14 days"),
        ):
            change(desk.sam, number, tickets.move, to=to("To-Do"))

    def test_take_their_file_back_for_fifteen_minutes(self, desk):
        with act() as session:
            files = [
                attachments.create(session, desk.sam, attachments.examine("a.txt", b"x")).id for _ in "ab"
            ]
        cast.create_ticket(desk.sam, files=files)
        with act() as session:
            attachments.remove(session, desk.sam, attachments.get(session, desk.sam, files[0]))
        with (
            clock.travel_to(clock.now() + timedelta(minutes=16)),
            pytest.raises(Invalid, match="15 minutes"),
            act() as s,
        ):
            attachments.remove(s, desk.sam, attachments.get(s, desk.sam, files[1]))


def test_another_team_s_ticket_lets_its_assignee_go(desk):
    number = cast.create_ticket(desk.sam)
    change(desk.rita, number, tickets.claim)
    with see() as session:
        facilities = cast.get_team(session, desk.facilities)
    change(desk.rita, number, tickets.move_to_team, team=facilities)
    with pytest.raises(NotFound):
        sentences(desk.rita, number)
    with see() as session:
        assert tickets.find(session, desk.bela, number).assignee_id is None


def test_an_administrator_hands_back_what_they_were_given(desk):
    with act() as session:
        from lib.people import teams

        teams.add_member(
            session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, desk.ada)
        )
    number, ada = cast.create_ticket(desk.sam), cast.reload_actor(desk.ada)
    change(desk.mona, number, tickets.assign, to=ada.id)
    change(ada, number, tickets.unassign)


def test_a_deleted_ticket_is_gone_for_everybody(desk):
    number = cast.create_ticket(desk.sam)
    change(desk.mona, number, tickets.delete, reason="a test")
    for reader in (desk.sam, desk.rita, desk.mona, desk.ada):
        with pytest.raises(NotFound), see() as session:
            tickets.find(session, reader, number)


def test_confidential_hides_from_the_team_but_not_from_those_in_it_or_its_managers(desk):
    number = cast.create_ticket(desk.sam)
    change(desk.rita, number, tickets.claim)
    change(desk.rita, number, tickets.set_confidential, confidential=True)
    for reader, sees in (
        (desk.sam, True),
        (desk.rita, True),
        (desk.arun, False),
        (desk.mona, True),
        (desk.ada, False),
    ):
        with see() as session:
            try:
                found = tickets.find(session, reader, number).id == number
            except NotFound:
                found = False
        assert found is sees, reader.name


def test_a_comment_is_edited_for_fifteen_minutes_and_keeps_what_was(desk):
    number = cast.create_ticket(desk.sam)
    said = cast.add_comment(desk.rita, number, "Frist")

    def edit(body, seen):
        with act() as session:
            comment, ticket = comments.get_with_ticket(session, desk.rita, said)
            comments.edit(session, desk.rita, comment, ticket, body=body, seen=seen)

    edit("First", 1)
    with pytest.raises(Conflict):
        edit("Second", 1)
    with clock.travel_to(clock.now() + timedelta(minutes=16)), pytest.raises(Invalid, match="15 minutes"):
        edit("Third", 2)
    with see() as session:
        lines = history.list_for_ticket(session, desk.rita, tickets.find(session, desk.rita, number))
        assert [(line.action, line.old) for line in lines][-1] == (Action.COMMENT_EDITED, "Frist")


class TestDrafts:
    """Nothing typed is lost, in any script, and nothing is sent twice."""

    TOKEN = "t" * 22

    def save(self, actor, slot="new-ticket", token=TOKEN, **values):
        with act() as session:
            drafts.save(session, actor, slot, token=token, values=values)

    def open(self, actor, slot="new-ticket"):
        with see() as session:
            return dict(drafts.load(session, actor, slot).values)

    def test_is_kept_by_person_and_place_and_merged(self, desk):
        self.save(desk.sam, title="Half a")
        self.save(desk.sam, body="text")
        self.save(desk.sam, slot="ticket-1", body="other")
        self.save(desk.sam, title=None)
        assert self.open(desk.sam) == {"body": "text"}
        assert self.open(desk.bob) == {}

    @pytest.mark.parametrize("letter", ["я", "語", "\U0001f4a9", "\\", '"', "a\u0000"])
    def test_holds_a_whole_body_of_any_letters(self, desk, letter):
        body = (letter * 50_000)[:50_000]
        self.save(desk.sam, body=body)
        assert self.open(desk.sam)["body"] == body

    def test_holds_the_due_date_of_a_new_ticket(self, desk):
        self.save(desk.rita, due="2026-12-24")
        assert self.open(desk.rita) == {"due": "2026-12-24"}

    def test_refuses_what_no_form_sends(self, desk):
        for bad in ({"requester_id": 1}, {"body": "x" * 300_000}, {"body": "\ud800"}):
            with pytest.raises(Invalid):
                self.save(desk.sam, **bad)
        for slot in ("ticket-0", "ticket-x", "../x", "ticket-1\n"):
            with pytest.raises(Invalid):
                self.save(desk.sam, slot=slot, body="x")

    def test_is_gone_once_it_was_sent(self, desk):
        self.save(desk.sam, body="x")
        with act() as session:
            idempotency.run_once(
                session, desk.sam, drafts.submission_key(self.TOKEN), fingerprint="", create=str
            )
        with pytest.raises(Gone):
            self.save(desk.sam, body="late")


def test_people_are_found_by_any_part_of_their_name_as_it_is_written(desk):
    with act() as session:
        cast.hire(session, "Änne Łoś_X", "requester")
    with see() as session:
        for part in ("änne", "ÄNNE", "łoś", "_x", "Änne Ł"):
            assert [p.name for p in accounts.list_visible(session, desk.ada, search=part)] == [
                "Änne Łoś_X"
            ], part
        for part in ("%", "n_e", "\\"):
            assert accounts.list_visible(session, desk.ada, search=part) == [], part
        with pytest.raises(Invalid):
            accounts.list_visible(session, desk.ada, search="\x00")


def test_a_confidential_ticket_is_opened_only_where_somebody_may_see_it(desk):
    number = cast.create_ticket(desk.sam, confidential=True)
    with see() as session:
        assert tickets.find(session, desk.mona, number).confidential
        for who in (desk.rita, desk.ada):
            with pytest.raises(NotFound):
                tickets.find(session, who, number)
    with act() as session:
        accounts.disable(session, desk.ada, cast.get_person(session, desk.mona))
    with pytest.raises(Invalid, match="Nobody in that team"):
        cast.create_ticket(desk.sam, confidential=True)
