"""Mentions reach people who may read them, and nobody else."""

import html
from itertools import product

import pytest
from sqlmodel import select

from db.models import Mention, Person
from lib.access import audience, gate
from lib.conversation import comments, mentions
from lib.core.errors import NotFound, NotPermitted
from lib.markdown import names
from lib.people import accounts
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED


def named(actor, number, body, *, internal=False):
    with see() as session:
        ticket = tickets.find(session, actor, number)
        found = mentions.find_in_text(session, actor, ticket, body=body, internal=internal)
        return sorted(found.people.values()), list(found.missed)


def suggested(actor, number, search="", *, internal=False):
    with see() as session:
        ticket = tickets.find(session, actor, number)
        return [
            p.name for p in mentions.suggest_people(session, actor, ticket, search=search, internal=internal)
        ]


def rows(comment):
    with see() as session:
        chosen = select(Mention.person_id).where(Mention.comment_id == comment)
        return set(session.exec(chosen.execution_options(**UNSCOPED)).all())


def test_who_may_see_is_the_same_from_both_sides(desk):
    """The condition on people says of everybody and every ticket what the gate says."""
    numbers = [cast.create_ticket(who) for who in (desk.sam, desk.bela, desk.rita, desk.ada)]
    numbers += [cast.create_ticket(who, confidential=True) for who in (desk.sam, desk.rita)]
    cast.add_cc(desk.rita, numbers[0], desk.bob)
    cast.add_cc(desk.rita, numbers[0], desk.bela)
    with act() as session:
        ticket = tickets.find(session, desk.mona, numbers[1], to_change=True)
        tickets.assign(session, desk.mona, ticket, to=desk.arun.id, seen=ticket.version)
        ticket.team_id = desk.facilities
    everybody = [desk.ada, desk.mona, desk.rita, desk.arun, desk.bela, desk.sam, desk.bob, desk.kim]
    with see() as session:
        for number, notes in product(numbers, (False, True)):
            ticket = session.get_one(tickets.Ticket, number, execution_options=UNSCOPED)
            chosen = select(Person.id).where(audience.viewers_condition(ticket, notes=notes))
            there = set(session.exec(chosen.execution_options(**UNSCOPED)).all())
            right = {
                who.id
                for who in everybody
                if gate.can_see(session, who, ticket)
                and (not notes or gate.can(session, who, gate.Permission.COMMENT_READ_INTERNAL, ticket))
            }
            assert there == right, (number, notes)


def test_a_name_behind_an_at_is_a_mention_however_it_is_written(desk):
    number = cast.create_ticket(desk.sam)
    for body in ("@Arun Das, look", "Ask @arun das.", "**@Arun Das**", "- @Arun Das's turn", "(@Arun Das)"):
        assert named(desk.rita, number, body) == (["Arun Das"], []), body
    for body in (
        "`@Arun Das`",
        "```\n@Arun Das\n```",
        "mail@Arun Das",
        "@Arun",
        "@@Arun Das",
        "Arun Das",
        "@Rita Sosa",
    ):
        assert named(desk.rita, number, body) == ([], []), body


def test_one_who_may_not_see_it_is_missed_and_never_mentioned(desk):
    number = cast.create_ticket(desk.sam)
    assert named(desk.rita, number, "@Bela Kun and @Arun Das") == (["Arun Das"], ["Bela Kun"])
    assert named(desk.rita, number, "@Sam Reed", internal=True) == ([], ["Sam Reed"])
    assert named(desk.rita, number, "@Sam Reed") == (["Sam Reed"], [])
    comment = cast.add_comment(desk.rita, number, "@Bela Kun and @Arun Das and @Bob Muir")
    assert rows(comment) == {desk.arun.id}
    assert rows(cast.add_comment(desk.rita, number, "@Sam Reed", internal=True)) == set()
    with act() as session:
        accounts.disable(session, cast.FOUNDER, cast.get_person(session, desk.arun))
    assert named(desk.rita, number, "@Arun Das") == ([], [])


def test_a_requester_can_not_find_out_who_there_is(desk):
    number = cast.create_ticket(desk.sam)
    assert suggested(desk.sam, number) == []
    assert named(desk.sam, number, "@Rita Sosa @Bob Muir @Ada Okafor") == ([], [])
    cast.add_comment(desk.rita, number, "Hello")
    assert suggested(desk.sam, number) == ["Rita Sosa"]
    assert named(desk.sam, number, "@Rita Sosa @Bob Muir") == (["Rita Sosa"], [])
    with pytest.raises(NotPermitted):
        suggested(desk.sam, number, internal=True)
    with pytest.raises(NotFound):
        suggested(desk.bob, number)


def test_suggestions_are_those_who_may_read_it(desk):
    number = cast.create_ticket(desk.sam)
    assert suggested(desk.rita, number) == ["Ada Okafor", "Arun Das", "Mona Lind", "Sam Reed"]
    assert suggested(desk.rita, number, internal=True) == ["Ada Okafor", "Arun Das", "Mona Lind"]
    assert suggested(desk.rita, number, "a") == ["Ada Okafor", "Arun Das"]
    assert suggested(desk.rita, number, "reed") == ["Sam Reed"]
    assert suggested(desk.rita, number, "aru") == ["Arun Das"]
    assert suggested(desk.rita, number, "bela") == []


def test_two_of_one_name_are_told_apart(desk):
    with act() as session:
        other = cast.hire(session, "Arun Das 2", "agent", desk.service_desk)
        cast.get_person(session, other).name = "Arun Das"
    number = cast.create_ticket(desk.sam)
    assert suggested(desk.rita, number, "arun") == [f"Arun Das#{desk.arun.id}", f"Arun Das#{other.id}"]
    assert rows(cast.add_comment(desk.rita, number, f"@Arun Das#{other.id}")) == {other.id}
    assert rows(cast.add_comment(desk.rita, number, "@Arun Das")) == {desk.arun.id, other.id}


def test_an_edit_mentions_anew_and_taking_back_forgets(desk):
    number = cast.create_ticket(desk.sam)
    comment = cast.add_comment(desk.rita, number, "@Arun Das")
    with act() as session:
        row, ticket = comments.get_with_ticket(session, desk.rita, comment, to_change=True)
        comments.edit(session, desk.rita, row, ticket, body="@Mona Lind", seen=1)
    assert rows(comment) == {desk.mona.id}
    with act() as session:
        row, ticket = comments.get_with_ticket(session, desk.rita, comment, to_change=True)
        comments.remove(session, desk.rita, row, ticket)
    assert rows(comment) == set()


def test_many_names_cost_one_look_and_no_text_breaks_it(desk):
    number = cast.create_ticket(desk.sam)
    hostile = (
        "@" * 500 + " @Arun Das" * 200 + "@%_'\"; DROP TABLE @\u202eArun @<b>Arun Das</b>" + "@a b" * 300
    )
    assert named(desk.rita, number, hostile)[0] == ["Arun Das"]
    comment = cast.add_comment(desk.rita, number, "@Arun Das")
    with see() as session:
        ticket = tickets.find(session, desk.sam, number)
        (card,) = [c for c in comments.list_for_ticket(session, desk.sam, ticket) if c.id == comment]
    assert dict(card.mentions) == {desk.arun.id: "Arun Das"}


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Ask @Arun Das.", "<p>Ask <mark>@Arun Das</mark>.</p>\n"),
        ("@ARUN DAS#12 now", "<p><mark>@ARUN DAS</mark> now</p>\n"),
        ("`@Arun Das` <mark>x</mark>", "<p><code>@Arun Das</code> &lt;mark&gt;x&lt;/mark&gt;</p>\n"),
        ("@Arun Das @Arun Das", "<p><mark>@Arun Das</mark> <mark>@Arun Das</mark></p>\n"),
        ("@Arun Dasher", "<p>@Arun Dasher</p>\n"),
    ],
)
def test_mentions_are_marked_where_they_are_shown(source, shown):
    assert names.to_html_with_mentions(source, ["Arun Das"]) == shown


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Łukasz Żak", "lukasz zak"),
        ("José Núñez", "jose nunez"),
        ("O\u2019Brien", "O'Brien"),
        ("O'Brien", "obrien"),
        ("Jürgen Groß", "JURGEN GROSS"),
    ],
)
def test_a_name_is_marked_as_it_is_found(name, typed):
    assert names.to_html_with_mentions(f"Ask @{typed}, please", [name]) == (
        f"<p>Ask <mark>@{html.escape(typed, quote=False)}</mark>, please</p>\n"
    )


def test_what_notifies_nobody_is_not_marked():
    shown = names.to_html_with_mentions("@Arun Das, " * (names.MAX_NAMES + 5), ["Arun Das"])
    assert (
        shown.count("<mark>")
        == names.MAX_NAMES
        == len(names.find_candidates("@Arun Das, " * (names.MAX_NAMES + 5)))
    )


def test_a_name_that_is_html_stays_text():
    name = "<img src=x onerror=alert(1)>"
    assert "<img" not in names.to_html_with_mentions(f"@{name}", [name])


@pytest.mark.parametrize(
    "piece", ["@a b c d e f g h i j ", "@a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p ", "@a-b'c.d e#1 ", "@a "]
)
def test_a_text_asks_for_no_more_names_than_a_thousand(piece):
    asked = names.find_candidates((piece * 50_000)[:50_000])
    assert (
        0
        < len({name for options in asked for name, _ in options})
        <= names.MAX_NAMES * names.MAX_ENDS
        == 1_000
    )


@pytest.mark.parametrize(
    "name",
    ["Dr. M.-J. O'Neil-Smith (Berlin)", "Ana María de la Cruz y Vega Ruiz", "Jean-Luc St. John-Stevas Jr."],
)
def test_long_and_double_names_are_found(name):
    assert name in [found for found, _ in names.find_candidates(f"@{name}, look")[0]]
