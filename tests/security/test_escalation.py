"""P14, P16 (C12): nobody gives what they lack, nobody becomes another, the last administrator stays."""

import pytest
from sqlmodel import select

from db.models import Event, Person
from db.vocabulary import Action, Permission, Scope, Source
from lib.access import gate, roles
from lib.catalog import statuses
from lib.conversation import attachments, comments
from lib.core.errors import Invalid, NotFound, NotPermitted, Refusal
from lib.identity import api_tokens, sessions
from lib.people import accounts, teams
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED


def denials(desk) -> list[tuple]:
    with see() as session:
        rows = session.exec(select(Event).where(Event.action == Action.DENIED).execution_options(**UNSCOPED))
        return [(row.actor_id, row.field) for row in rows]


def refuse(deed, *, by: type[Refusal] = NotPermitted) -> str:
    with pytest.raises(by) as refusal, act() as session:
        deed(session)
    return str(refusal.value)


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_p16_a_manager_gives_no_role_beyond_their_own(desk, role):
    """CVE-2025-71421, CVE-2023-28634: agents made themselves administrators."""

    def give(session):
        accounts.change_role(
            session, desk.mona, cast.get_person(session, desk.arun), role=roles.get(session, role)
        )

    def invite(session):
        chosen = roles.get(session, role)
        accounts.invite(session, desk.mona, email="x@example.org", name="X", role=chosen)

    refuse(give)
    refuse(invite)
    assert denials(desk) == [(desk.mona.id, "user.manage")] * 2


def test_p16_a_role_with_one_permission_that_the_giver_lacks_is_beyond_them(desk):
    every = {p: s for p, s in desk.mona.scopes.items() if p != Permission.USER_MANAGE}
    assert roles.can_grant(desk.mona, roles.RoleCard(0, "as far", built_in=False, scopes=every))
    for permission, scope in ((Permission.SLA_OVERRIDE, Scope.ALL), (Permission.SYSTEM_MANAGE, Scope.OWN)):
        more = roles.RoleCard(0, "further", built_in=False, scopes={**every, permission: scope})
        assert not roles.can_grant(desk.mona, more)


@pytest.mark.parametrize("who", ["sam", "rita", "mona", "ada"])
def test_p16_nobody_changes_their_own_role_or_disables_themselves(desk, who):
    actor = getattr(desk, who)

    def promote(session):
        admin = roles.get(session, "administrator")
        accounts.change_role(session, actor, cast.get_person(session, actor), role=admin)

    refuse(promote)
    refuse(lambda session: accounts.disable(session, actor, cast.get_person(session, actor)))
    assert len(denials(desk)) == 2


def test_p16_the_last_administrator_is_neither_demoted_nor_disabled(desk):
    with act() as session:
        other = cast.hire(session, "Olga Rey", "administrator")
        accounts.disable(session, other, cast.get_person(session, desk.ada))

    def demote(session):
        by = gate.system_actor("tests", Permission.USER_MANAGE)
        accounts.change_role(session, by, cast.get_person(session, other), role=roles.get(session, "agent"))

    assert "at least one active administrator" in refuse(demote, by=Invalid)


class TestManagersAndAccounts:
    """A manager invites people and keeps those of their teams, but can't become anybody."""

    def test_a_new_colleague_or_requester_can_be_invited_and_given_a_link(self, desk):
        for role, team_ids in (("agent", [desk.service_desk]), ("requester", [])):
            with act() as session:
                chosen = roles.get(session, role)
                email = f"{role}@example.org"
                person = accounts.invite(
                    session, desk.mona, email=email, name=role, role=chosen, teams=team_ids
                )
                assert accounts.create_password_secret(session, desk.mona, person, invitation=True)

    @pytest.mark.parametrize("who", ["rita", "sam"])
    def test_no_link_that_replaces_a_password_somebody_has(self, desk, who):
        whom = getattr(desk, who)
        cast.set_password(whom)
        refuse(
            lambda session: accounts.create_password_secret(
                session, desk.mona, cast.get_person(session, whom)
            )
        )
        with act() as session:
            assert accounts.create_password_secret(session, desk.ada, cast.get_person(session, whom))

    def test_taking_somebody_into_one_s_team_gives_no_power_over_their_account(self, desk):
        with act() as session:
            own = cast.get_team(session, desk.service_desk)
            teams.add_member(session, desk.mona, own, cast.get_person(session, desk.bela))
        for deed in (accounts.create_password_secret, accounts.disable):
            refuse(lambda session, deed=deed: deed(session, desk.mona, cast.get_person(session, desk.bela)))
        refuse(
            lambda session: accounts.rename(session, desk.mona, cast.get_person(session, desk.bela), name="X")
        )

    @pytest.mark.parametrize("who", ["ada", "bela"])
    def test_those_above_and_those_of_other_teams_are_beyond_reach(self, desk, who):
        whom = getattr(desk, who)
        refuse(lambda session: accounts.disable(session, desk.mona, cast.get_person(session, whom)))

    def test_another_team_is_beyond_reach(self, desk):
        other = desk.facilities
        refuse(lambda session: teams.rename(session, desk.mona, cast.get_team(session, other), name="X"))
        refuse(
            lambda session: teams.add_member(
                session, desk.mona, cast.get_team(session, other), cast.get_person(session, desk.mona)
            )
        )
        refuse(lambda session: teams.create(session, desk.mona, name="Mine"))
        refuse(
            lambda session: accounts.invite(
                session,
                desk.mona,
                email="x@e.org",
                name="X",
                role=roles.get(session, "agent"),
                teams=[other],
            )
        )

    def test_a_team_that_is_not_there_is_a_sentence(self, desk):
        def invite(session):
            agent = roles.get(session, "agent")
            accounts.invite(session, desk.ada, email="x@e.org", name="X", role=agent, teams=[404])

        assert "no such team" in refuse(invite, by=Invalid)


@pytest.mark.parametrize("who", ["sam", "rita"])
def test_administration_is_closed_to_those_without_it(desk, who):
    actor = getattr(desk, who)
    for deed in (
        lambda s: accounts.invite(s, actor, email="x@e.org", name="X", role=roles.get(s, "requester")),
        lambda s: accounts.disable(s, actor, cast.get_person(s, desk.bob)),
        lambda s: accounts.create_password_secret(s, actor, cast.get_person(s, desk.bob)),
        lambda s: accounts.rename(s, actor, cast.get_person(s, desk.bob), name="X"),
        lambda s: teams.create(s, actor, name="X"),
        lambda s: teams.remove_member(
            s, actor, cast.get_team(s, desk.service_desk), cast.get_person(s, desk.arun)
        ),
        lambda s: api_tokens.create(s, actor, name="X", scope="read", owner=cast.get_person(s, desk.bob)),
    ):
        refuse(deed)
    assert len(denials(desk)) == 7


def test_p14_an_agent_assigns_nobody_but_themselves_by_any_way(desk):
    number = cast.create_ticket(desk.sam)

    def with_ticket(deed):
        def run(session):
            deed(session, tickets.find(session, desk.rita, number, to_change=True))

        return run

    refuse(with_ticket(lambda s, t: tickets.assign(s, desk.rita, t, to=desk.arun.id, seen=t.version)))
    with act() as session:
        tickets.claim(session, desk.arun, tickets.find(session, desk.arun, number, to_change=True))
    refuse(with_ticket(lambda s, t: tickets.unassign(s, desk.rita, t, seen=t.version)))
    refuse(with_ticket(lambda s, t: tickets.delete(s, desk.rita, t, reason="x")))
    assert denials(desk) == [
        (desk.rita.id, "ticket.assign_other"),
        (desk.rita.id, "ticket.assign_other"),
        (desk.rita.id, "ticket.delete"),
    ]


def test_a_ticket_goes_only_to_somebody_who_may_work_it(desk):
    number = cast.create_ticket(desk.sam)
    for whom in (desk.bela, desk.sam, desk.ada):
        with pytest.raises(Invalid), act() as session:
            ticket = tickets.find(session, desk.mona, number, to_change=True)
            tickets.assign(session, desk.mona, ticket, to=whom.id, seen=ticket.version)


def test_requesters_put_nobody_in_copy_and_take_out_themselves_alone(desk):
    number = cast.create_ticket(desk.sam)
    cast.add_cc(desk.rita, number, desk.bob)

    def change(verb, actor, whom):
        def run(session):
            ticket = tickets.find(session, actor, number, to_change=True)
            verb(session, actor, ticket, cast.get_person(session, whom))

        return run

    refuse(change(tickets.add_cc, desk.sam, desk.kim))
    refuse(change(tickets.add_cc, desk.bob, desk.kim))
    refuse(change(tickets.remove_cc, desk.sam, desk.bob))
    with act() as session:
        change(tickets.remove_cc, desk.bob, desk.bob)(session)
    with pytest.raises(NotFound), see() as session:
        tickets.find(session, desk.bob, number)


def test_a_token_makes_no_token_that_may_more_than_itself(desk):
    for scope in ("read", "write"):
        capped = desk.ada.capped(scope)
        refuse(lambda session, by=capped: api_tokens.create(session, by, name="X", scope="admin"))


def test_only_its_author_changes_a_comment_and_the_try_is_recorded(desk):
    number = cast.create_ticket(desk.sam)
    said = cast.add_comment(desk.rita, number, "As Rita said")

    def edit(actor):
        def run(session):
            comment, ticket = comments.get_with_ticket(session, actor, said)
            comments.edit(session, actor, comment, ticket, body="forged", seen=1)

        return run

    for actor in (desk.sam, desk.arun, desk.mona, desk.ada):
        refuse(edit(actor))
    assert denials(desk) == [(a.id, "comment.edit_own") for a in (desk.sam, desk.arun, desk.mona, desk.ada)]


def test_p11_everything_about_a_foreign_ticket_is_not_found_and_stays_as_it_was(desk, engine):
    """CVE-2026-114393, CVE-2022-40817: only the role was checked, not the ticket."""
    number = cast.create_ticket(desk.sam, "Sam's own", description="private")
    note = cast.add_comment(desk.rita, number, "note", internal=True)
    reply = cast.add_comment(desk.sam, number, "reply")
    with act() as session:
        upload = attachments.create(session, desk.sam, attachments.examine("a.txt", b"hello"))
        ticket = tickets.find(session, desk.sam, number)
        attachments.attach(session, desk.sam, [upload.id], ticket=ticket)
        unused = attachments.create(session, desk.sam, attachments.examine("b.txt", b"hello")).id
        file = upload.id

    def state():
        with engine.connect() as connection:
            tables = ("ticket", "comment", "attachment", "participant", "ticket_tag", "search_entry")
            return [connection.exec_driver_sql(f"SELECT * FROM {t} ORDER BY 1, 2").all() for t in tables]

    before = state()
    for stranger in (desk.bob, desk.bela, desk.kim):
        for deed in (
            lambda s, a: tickets.find(s, a, number),
            lambda s, a: comments.get_with_ticket(s, a, note),
            lambda s, a: comments.get_with_ticket(s, a, reply),
            lambda s, a: attachments.get(s, a, file),
            lambda s, a: attachments.get(s, a, unused),
        ):
            refuse(lambda session, d=deed, a=stranger: d(session, a), by=NotFound)
    # even with the rows in hand, as a verb gets them when a caller fetched them wrongly
    with see() as session:
        ticket = tickets.find(session, desk.sam, number)
        comment, _ticket = comments.get_with_ticket(session, desk.sam, reply)
        row = attachments.get(session, desk.sam, file)
        left = attachments.get(session, desk.sam, unused)
        done = statuses.get(session, "Completed")
        team = cast.get_team(session, desk.facilities)
        bob = session.get_one(Person, desk.bob.id)
    b = desk.bob
    for verb in (
        lambda s: tickets.move(s, b, ticket, to=done, seen=1),
        lambda s: tickets.claim(s, b, ticket),
        lambda s: tickets.assign(s, b, ticket, to=b.id, seen=1),
        lambda s: tickets.unassign(s, b, ticket, seen=1),
        lambda s: tickets.rename(s, b, ticket, title="x", seen=1),
        lambda s: tickets.set_description(s, b, ticket, description="x", seen=1),
        lambda s: tickets.set_tags(s, b, ticket, tags=["x"], seen=1),
        lambda s: tickets.prioritize(s, b, ticket, priority=4, seen=1),
        lambda s: tickets.move_to_team(s, b, ticket, team=team, seen=1),
        lambda s: tickets.set_confidential(s, b, ticket, confidential=True, seen=1),
        lambda s: tickets.add_cc(s, b, ticket, bob),
        lambda s: tickets.remove_cc(s, b, ticket, bob),
        lambda s: tickets.delete(s, b, ticket, reason="x"),
        lambda s: comments.add(s, b, ticket, body="x"),
        lambda s: comments.edit(s, b, comment, ticket, body="x", seen=1),
        lambda s: comments.remove(s, b, comment, ticket),
        lambda s: attachments.attach(s, b, [unused], ticket=ticket),
        lambda s: attachments.remove(s, b, row),
        lambda s: attachments.remove(s, b, left),
    ):
        refuse(verb, by=NotFound)
    assert state() == before


def test_nobody_attaches_or_reuses_another_s_upload(desk):
    """CVE-2026-1251: somebody else's file was attached to one's own ticket, and then read there."""
    with act() as session:
        theirs = attachments.create(session, desk.sam, attachments.examine("a.txt", b"secret")).id
    number = cast.create_ticket(desk.bob)

    def attach(session):
        attachments.attach(session, desk.bob, [theirs], ticket=tickets.find(session, desk.bob, number))

    refuse(attach, by=NotFound)
    used = cast.create_ticket(desk.sam, files=[theirs])

    def again(session):
        other = tickets.create(session, desk.sam, title="Other")
        attachments.attach(session, desk.sam, [theirs], ticket=other)

    refuse(again, by=NotFound)
    assert used


def test_ids_that_no_row_can_have_are_not_found_and_recorded_without_them(desk):
    for number in (0, -1, 2**31 - 1, 2**31, 2**63, 10**60):
        with pytest.raises(NotFound), see() as session:
            tickets.find(session, desk.sam, number)
    for id_ in ("", "x" * 32, "\x00" * 32, "0" * 31, "0" * 33, "../../etc/passwd", "\ud800"):
        with pytest.raises(NotFound), see() as session:
            attachments.get(session, desk.sam, id_)
    assert len(denials(desk)) == 13


def test_an_email_that_no_database_can_hold_is_nobody_s(desk):
    with see() as session:
        assert accounts.find_by_email(session, "sam.reed@example.org\x00") is None
        assert accounts.find_by_email(session, "\ud800@example.org") is None
        assert sessions.authenticate(session, "\x7f" * 40, channel=Source.PAGE) is None
